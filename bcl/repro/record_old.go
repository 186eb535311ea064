package repro

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/protocol"
)

// old reports whether an earlier version wrote x, which passed protocols to bcl-eval as
// flags: the settings of evaluation have "shots", and rows are named by shots.
func (x *Result) old() bool { return x.Specs == nil }

// fits reports whether x, of an earlier version, is of protocols: the same shots, and where
// bcl-eval drew, as many subsets.
func (x *Result) fits(specs []protocol.Spec) bool {
	draws := cmp.Or(x.Eval.Get("shot-subsets"), "5")
	for _, s := range specs {
		if s.Subsets > 0 && strconv.Itoa(s.Subsets) != draws {
			return false
		}
	}
	return x.Eval.Get("shots") == oldShots(specs)
}

// oldShots is the setting "shots" of protocols; "" without it.
func oldShots(specs []protocol.Spec) string {
	var words []string
	for _, s := range specs {
		word := protocol.Full
		if s.Shots > 0 {
			word = strconv.Itoa(s.Shots)
		}
		words = append(words, word)
	}
	if text := strings.Join(words, ","); text != protocol.Full {
		return text
	}
	return ""
}

// oldRow is the old name of rows of a protocol.
func oldRow(s protocol.Spec) string {
	if s.Shots > 0 {
		return protocol.ShotsName(s.Shots)
	}
	return protocol.Full
}

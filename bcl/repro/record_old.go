package repro

import (
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/protocol"
)

// old reports whether an earlier version wrote x, which told bcl-eval its protocols by
// flags: a setting "shots" is among those of evaluation, and rows are called by shots.
func (x *Result) old() bool { return x.Specs == nil }

// oldShots is the setting "shots" of protocols; "" where there was none.
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

// oldRow is what rows of a protocol were called.
func oldRow(s protocol.Spec) string {
	if s.Shots > 0 {
		return protocol.ShotsName(s.Shots)
	}
	return protocol.Full
}

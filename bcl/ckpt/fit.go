package ckpt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch/serialize"
)

// Misfit is why tensors do not fit a network: the lists, and for each name that one side
// lacks the nearest name of the other.
type Misfit struct {
	Network    string
	Missing    []string // the network has them
	Unexpected []string // the file has them
	Shapes     []string // "name: [1 2] in the file, expected [2 1]"
	Note       string   // what that means; may be ""
}

func (e *Misfit) Error() string {
	text := "the tensors do not fit " + e.Network +
		section("missing", e.Missing, e.Unexpected) +
		section("not expected", e.Unexpected, e.Missing) +
		shapes(e.Shapes)
	if e.Note != "" {
		text += "\n" + e.Note
	}
	return text
}

func shapes(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("\n%d of a wrong shape:", len(list)) + lines(list, func(s string) string { return s })
}

func section(title string, names, other []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("\n%d %s:", len(names), title) + lines(names, func(n string) string {
		if near := Nearest(n, other); near != "" {
			return fmt.Sprintf("%s (nearest: %s)", serialize.Quote(n), serialize.Quote(near))
		}
		return serialize.Quote(n)
	})
}

// lines is a list in a message, a line each, up to a limit.
func lines[T any](list []T, show func(T) string) string {
	const most = 20
	var b strings.Builder
	for _, v := range list[:min(len(list), most)] {
		b.WriteString("\n  " + show(v))
	}
	if len(list) > most {
		fmt.Fprintf(&b, "\n  and %d more", len(list)-most)
	}
	return b.String()
}

// Fit compares tensors with what a network has. A missing num_batches_tracked, which old
// versions of PyTorch did not write, is accepted.
func Fit(state []Tensor, want []Spec, network string) error {
	e := &Misfit{Network: network}
	have := make(map[string]Tensor, len(state))
	for _, t := range state {
		have[t.Name] = t
	}
	for _, s := range want {
		t, ok := have[s.Name]
		delete(have, s.Name)
		switch {
		case !ok && !strings.HasSuffix(s.Name, ".num_batches_tracked"):
			e.Missing = append(e.Missing, s.Name)
		case ok && !slices.Equal(t.Shape, s.Shape):
			e.Shapes = append(e.Shapes, fmt.Sprintf("%s: %v in the file, expected %v", serialize.Quote(s.Name), t.Shape, s.Shape))
		}
	}
	for _, t := range state {
		if _, left := have[t.Name]; left {
			e.Unexpected = append(e.Unexpected, t.Name)
		}
	}
	if e.Missing == nil && e.Unexpected == nil && e.Shapes == nil {
		return nil
	}
	return e
}

// Nearest returns the nearest name by edit distance, or "" if all are further than a
// third of its length.
func Nearest(name string, among []string) string {
	if len(name) > 256 {
		return "" // too long to compare
	}
	best, least := "", len(name)/3+1
	for _, other := range among {
		if gap := len(name) - len(other); gap >= least || -gap >= least {
			continue
		}
		if d := settings.Distance(name, other); d < least {
			best, least = other, d
		}
	}
	return best
}

package ckpt

import (
	"fmt"
	"slices"
	"strings"
)

// Misfit is why tensors are not those of a network: the lists, and for each name
// that one side lacks the nearest of the other's.
type Misfit struct {
	Network    string
	Missing    []string // the network has them
	Unexpected []string // the file has them
	Shapes     []string // "name: [1 2] in the file, expected [2 1]"
}

func (e *Misfit) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the tensors do not fit %s", e.Network)
	section(&b, "missing", e.Missing, e.Unexpected)
	section(&b, "not expected", e.Unexpected, e.Missing)
	section(&b, "of a wrong shape", e.Shapes, nil)
	return b.String()
}

func section(b *strings.Builder, title string, names, other []string) {
	const most = 20
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%d %s:", len(names), title)
	for i, n := range names {
		if i == most {
			fmt.Fprintf(b, "\n  and %d more", len(names)-i)
			break
		}
		fmt.Fprintf(b, "\n  %s", n)
		if near := Nearest(n, other); near != "" {
			fmt.Fprintf(b, " (nearest: %s)", near)
		}
	}
}

// Fit compares tensors with what a network has. A missing num_batches_tracked,
// which old versions of PyTorch did not write, is let pass.
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
			e.Shapes = append(e.Shapes, fmt.Sprintf("%s: %v in the file, expected %v", s.Name, t.Shape, s.Shape))
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

// Nearest returns the name that takes the fewest edits to become another, or "" if
// all take more than a third of its length.
func Nearest(name string, among []string) string {
	best, least := "", len(name)/3+1
	for _, other := range among {
		if d := distance(name, other, least); d < least {
			best, least = other, d
		}
	}
	return best
}

// distance is Levenshtein's, or limit if it is not less. Names that are too long to
// compare are far.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit || len(a) > 256 {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}

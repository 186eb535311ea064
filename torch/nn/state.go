package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch"
)

// StateDict returns the parameters and buffers of m with PyTorch's names in
// PyTorch's order. The tensors are m's own, not copies.
func StateDict(m Module) []Named { return named(m, param, buffer) }

// Mismatch reports how a state dict does not fit a module.
type Mismatch struct {
	Missing    []string // names the module has and the state dict lacks
	Unexpected []string // names the state dict has and the module lacks
	Shapes     []string // "name: shape [1 2] in the file, [2 1] in the network"
}

func (e *Mismatch) Error() string {
	var s strings.Builder
	s.WriteString("state dict does not fit the network")
	for _, part := range []struct {
		title string
		names []string
	}{{"missing", e.Missing}, {"unexpected", e.Unexpected}, {"wrong shape", e.Shapes}} {
		if len(part.names) > 0 {
			fmt.Fprintf(&s, "; %d %s: %s", len(part.names), part.title, strings.Join(shorten(part.names), ", "))
		}
	}
	return s.String()
}

func shorten(names []string) []string {
	const most = 8
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), "...")
}

// LoadStateDict copies a state dict into m. Unless everything fits it changes nothing and
// returns a *[Mismatch]. num_batches_tracked, which old versions of PyTorch did not
// write, may be missing.
func LoadStateDict(m Module, state []Named) error {
	given := make(map[string]torch.Tensor, len(state))
	for _, n := range state {
		given[n.Name] = n.Tensor
	}
	var bad Mismatch
	own := StateDict(m)
	for _, n := range own {
		t, ok := given[n.Name]
		switch {
		case !ok && !strings.HasSuffix(n.Name, "num_batches_tracked"):
			bad.Missing = append(bad.Missing, n.Name)
		case ok && !slices.Equal(t.Shape(), n.Tensor.Shape()):
			bad.Shapes = append(bad.Shapes, fmt.Sprintf("%s: %v in the state dict, %v in the network", n.Name, t.Shape(), n.Tensor.Shape()))
		}
		delete(given, n.Name)
	}
	for _, n := range state {
		if _, left := given[n.Name]; left {
			bad.Unexpected = append(bad.Unexpected, n.Name)
		}
	}
	if bad.Missing != nil || bad.Unexpected != nil || bad.Shapes != nil {
		return &bad
	}
	for _, n := range state {
		given[n.Name] = n.Tensor
	}
	torch.NoGrad(func() {
		for _, n := range own {
			if t, ok := given[n.Name]; ok {
				n.Tensor.Copy_(t)
			}
		}
	})
	return nil
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// scores counts the elements that differ, by kind of quantity.
type scores struct {
	want  *safetensors.File
	order []string
	kinds map[string]*score
	seen  map[string]bool
}

type score struct {
	elements, unequal int
	largest           float64
}

func newScores(want *safetensors.File) *scores {
	return &scores{want: want, kinds: map[string]*score{}, seen: map[string]bool{}}
}

// kindOf is the row of the table for a name.
func kindOf(name string) string {
	parts := strings.Split(name, "/")
	switch {
	case parts[0] == "losses":
		return "losses of samples, all steps"
	case parts[0] == "weight" && (strings.Contains(name, "running_") || strings.Contains(name, "num_batches")):
		return "statistics after step " + parts[1]
	case parts[0] == "weight":
		return "weights after step " + parts[1]
	case parts[0] == "grad":
		return "gradients of step " + parts[1]
	case parts[0] == "projections":
		return "projections of step " + parts[1]
	case parts[0] == "initial":
		return "initial weights"
	}
	return "features in evaluation"
}

// add compares x with the peer's tensor of that name.
func (s *scores) add(name string, x torch.Tensor) {
	kind := kindOf(name)
	k := s.kinds[kind]
	if k == nil {
		k = &score{}
		s.kinds[kind] = k
		s.order = append(s.order, kind)
	}
	n := int(x.Numel())
	k.elements += n
	s.seen[name] = true
	want := s.want.Get(name)
	if want == nil || want.DType != x.DType() || len(want.Data) != n*x.DType().Size() {
		fmt.Printf("%s: %v %v has no counterpart\n", name, x.DType(), x.Shape())
		k.unequal += n
		return
	}
	got := x.Bytes()
	if bytes.Equal(got, want.Data) {
		return
	}
	size := x.DType().Size()
	for i := 0; i < len(got); i += size {
		if !bytes.Equal(got[i:i+size], want.Data[i:i+size]) {
			k.unequal++
		}
	}
	other := torch.FromBytes(want.Data, want.DType, x.Shape()...)
	d := torch.Item[float64](x.Detach().To(torch.Float64).Sub(other.To(torch.Float64)).Abs().Max())
	k.largest = max(k.largest, d)
}

// print writes the table and returns the number of unequal elements, with those that only
// the peer has.
func (s *scores) print(w io.Writer) (unequal int) {
	fmt.Fprintln(w, "quantity\telements\tunequal\tlargest difference\t")
	for _, kind := range s.order {
		k := s.kinds[kind]
		fmt.Fprintf(w, "%s\t%d\t%d\t%.2g\t\n", kind, k.elements, k.unequal, k.largest)
		unequal += k.unequal
	}
	for _, t := range slices.Clone(s.want.Tensors) {
		if !s.seen[t.Name] {
			fmt.Fprintf(w, "%s: only the peer has it\t\t\t\t\n", t.Name)
			unequal++
		}
	}
	return unequal
}

package sampler

import (
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
)

// Source makes views of samples; only it knows what a view is. Package views has sources
// of images.
type Source interface {
	// Len returns the number of samples.
	Len() int
	// Views returns the specs of the inputs of each view of a sample.
	Views() [][]Spec
	// NewViewer returns a maker of views for one goroutine.
	NewViewer() Viewer
}

// Viewer makes views, for one goroutine.
type Viewer interface {
	// View writes a view of a sample, augmented by its weight in [0, 1], to dst: for each
	// input of the view as many bytes as its Spec has. The result depends only on the arguments.
	// With V = len(Views()), views 0 to V-1 are those of the first time that an epoch has the
	// sample, V to 2V-1 of the second, and so on ([Sampler.Resample]); their Specs repeat.
	View(dst [][]byte, sample int, weight float64, epoch, view int) error
}

// Spec is the element type and shape of one input of a view. Where samples have different
// lengths it is the largest: the source pads shorter ones, and another input is the mask.
type Spec struct {
	DType dtype.DType
	Shape []int64
}

// Bytes returns the size of the input.
func (s Spec) Bytes() int {
	n := s.DType.Size()
	for _, d := range s.Shape {
		n *= int(d)
	}
	return n
}

func (s Spec) equal(o Spec) bool { return s.DType == o.DType && slices.Equal(s.Shape, o.Shape) }

// uniform reports whether all views have the same inputs.
func uniform(views [][]Spec) bool {
	for _, v := range views[1:] {
		if !slices.EqualFunc(v, views[0], Spec.equal) {
			return false
		}
	}
	return true
}

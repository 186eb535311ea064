package sampler

import "github.com/bcl-go/bcl/torch/dtype"

// Source makes views of samples.
type Source interface {
	// Len returns the number of samples.
	Len() int
	// Spec says what a view is.
	Spec() Spec
	// NewViewer returns a maker of views for one goroutine.
	NewViewer() Viewer
}

// Viewer makes views, for one goroutine.
type Viewer interface {
	// View writes a view (0 or 1) of a sample, augmented as its memorisation
	// weight in [0, 1] says, to dst, which has the Spec's bytes. The result
	// depends on the arguments alone.
	View(dst []byte, sample int, weight float64, epoch, view int) error
}

// Spec is the element type and shape of one view.
type Spec struct {
	DType dtype.DType
	Shape []int64
}

// Bytes returns the size of one view.
func (s Spec) Bytes() int {
	n := s.DType.Size()
	for _, d := range s.Shape {
		n *= int(d)
	}
	return n
}

package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
)

// Set is the features of a set of labelled images.
type Set struct {
	X      torch.Tensor // N x D, float32
	Y      []int64      // N classes
	Labels torch.Tensor // Y as a tensor on X's device
}

// Extractor computes features of images.
type Extractor struct {
	Net     model.Encoder // of images
	Device  torch.Device
	Size    int            // side of the images, pixels; others are resized and cropped
	Resize  int            // their shorter side before the central crop, at least Size; 0: Size
	Filter  augment.Filter // of that; bicubic by default
	Crop    Crop           // of images that a classifier is trained on
	Batch   int            // images at once
	Workers int            // goroutines that read images
	// Progress, if set, is called after every batch.
	Progress func(done, total int)
}

// Features computes the features of ds, all of whose samples must be labelled,
// in evaluation mode. The result belongs to the current scope; the network is
// put back into the mode it was in.
func (e *Extractor) Features(ctx context.Context, ds dataset.Dataset) (Set, error) {
	n := ds.Len()
	if n == 0 {
		return Set{}, fmt.Errorf("no images to evaluate on")
	}
	s := Set{Y: make([]int64, n)}
	for i := range s.Y {
		if s.Y[i] = int64(ds.Label(i)); s.Y[i] < 0 {
			return Set{}, fmt.Errorf("%s has no label: evaluation needs one for every image", ds.Name(i))
		}
	}
	defer evaluating(e.Net)()
	for lo := 0; lo < n; lo += e.Batch {
		if err := ctx.Err(); err != nil {
			return Set{}, err
		}
		hi := min(lo+e.Batch, n)
		pixels, err := e.load(ds, lo, hi)
		if err != nil {
			return Set{}, err
		}
		if lo == 0 {
			s.X, err = e.room(int64(n), pixels[:e.Size*e.Size*3])
		}
		if err == nil {
			err = torch.Do(func() error {
				s.X.Narrow(0, int64(lo), int64(hi-lo)).Copy_(e.forward(pixels))
				return nil
			})
		}
		if err != nil {
			return Set{}, err
		}
		if e.Progress != nil {
			e.Progress(hi, n)
		}
	}
	s.Labels = torch.FromSlice(s.Y).ToDevice(e.Device)
	return s, nil
}

// room returns a tensor for n features; one image tells their size.
func (e *Extractor) room(n int64, image []uint8) (x torch.Tensor, err error) {
	var size int64
	err = torch.Do(func() error {
		size = e.forward(image).Size(1)
		return nil
	})
	if err != nil {
		return x, err
	}
	return torch.Empty([]int64{n, size}, torch.On(torch.Float32, e.Device)), nil
}

// input turns pixels into the network's input.
func (e *Extractor) input(pixels []uint8) []torch.Tensor {
	size := int64(e.Size)
	x := torch.FromSlice(pixels, int64(len(pixels))/(size*size*3), size, size, 3)
	return e.Net.Inputs([]torch.Tensor{x}, e.Device)
}

func (e *Extractor) forward(pixels []uint8) (features torch.Tensor) {
	torch.NoGrad(func() { features = e.Net.Forward(e.input(pixels)...) })
	return features
}

// load reads images lo..hi-1, resized and cropped if need be.
func (e *Extractor) load(ds dataset.Dataset, lo, hi int) ([]uint8, error) {
	size := e.Size * e.Size * 3
	pixels := make([]uint8, (hi-lo)*size)
	short := cmp.Or(e.Resize, e.Size)
	errs := make([]error, e.Workers)
	var wg sync.WaitGroup
	for w := range e.Workers {
		wg.Go(func() {
			worker := augment.CIFAR(e.Size).NewWorker()
			for i := lo + w; i < hi; i += e.Workers {
				m, err := ds.Image(i)
				if err != nil {
					errs[w] = err
					return
				}
				at := (i - lo) * size
				worker.PlainFrom(pixels[at:at+size], m, short, e.Size, e.Filter)
			}
		})
	}
	wg.Wait()
	return pixels, errors.Join(errs...)
}

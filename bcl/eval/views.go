package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// Crop is how images are cropped where labels are trained with; all are mirrored
// half of the time.
type Crop string

// The crops.
const (
	// CropPad adds a black border of an eighth of the side (4 of 32 pixels) and cuts
	// a random square out (RandomCrop(32, padding=4)), as is usual for CIFAR.
	CropPad Crop = "pad"
	// CropResized is RandomResizedCrop with 8 to 100 % of the area, ImageNet's.
	CropResized Crop = "resized"
)

// Crops returns the crops there are.
func Crops() []Crop { return []Crop{CropPad, CropResized} }

func (c Crop) check() error {
	if !slices.Contains(Crops(), c) {
		return fmt.Errorf("crop %q is not %s or %s", c, CropPad, CropResized)
	}
	return nil
}

// views deals augmented batches of labelled images. What an epoch has depends on
// the seed, the epoch and the rows alone.
type views struct {
	ds      dataset.Dataset
	rows    []int // nil: all
	crop    Crop
	size    int
	batch   int
	least   int // a smaller last batch is left out
	workers int
	seed    uint64
}

type batch struct {
	pixels []uint8
	labels []int64
	err    error
}

// Streams of views: the order of an epoch's samples, and what is drawn for each.
const (
	streamOrder = iota
	streamView
)

// epoch calls step with the batches of an epoch in order. The next is prepared
// while step works.
func (v *views) epoch(ctx context.Context, epoch int, step func(pixels []uint8, labels []int64) error) error {
	order := v.order(epoch)
	inner, cancel := context.WithCancel(ctx)
	ready := make(chan batch)
	var done sync.WaitGroup
	done.Go(func() {
		defer close(ready)
		for lo := 0; lo < len(order); lo += v.batch {
			part := order[lo:min(lo+v.batch, len(order))]
			if len(part) < v.least && lo > 0 {
				return
			}
			select {
			case ready <- v.load(part, epoch):
			case <-inner.Done():
				return
			}
		}
	})
	defer done.Wait()
	defer cancel()
	for b := range ready {
		if err := errors.Join(ctx.Err(), b.err); err != nil {
			return err
		}
		if err := step(b.pixels, b.labels); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (v *views) len() int {
	if v.rows == nil {
		return v.ds.Len()
	}
	return len(v.rows)
}

// batches is how many steps an epoch has.
func (v *views) batches() int {
	n := v.len() / v.batch
	if rest := v.len() % v.batch; rest >= v.least && rest > 0 || n == 0 {
		n++
	}
	return n
}

func (v *views) order(epoch int) []int {
	order := make([]int, v.len())
	s := rng.New(v.seed, rng.Probe, uint32(epoch), 0, streamOrder)
	s.Perm(order)
	if v.rows != nil {
		for i, k := range order {
			order[i] = v.rows[k]
		}
	}
	return order
}

// load reads and augments the samples of a batch.
func (v *views) load(samples []int, epoch int) batch {
	size := v.size * v.size * 3
	b := batch{pixels: make([]uint8, len(samples)*size), labels: make([]int64, len(samples))}
	errs := make([]error, v.workers)
	var wg sync.WaitGroup
	for w := range v.workers {
		wg.Go(func() {
			c := newCropper(v.crop, v.size)
			for k := w; k < len(samples); k += v.workers {
				i := samples[k]
				m, err := v.ds.Image(i)
				if err != nil {
					errs[w] = err
					return
				}
				s := rng.New(v.seed, rng.Probe, uint32(epoch), uint32(i), streamView)
				c.crop(b.pixels[k*size:(k+1)*size], m, &s)
				b.labels[k] = int64(v.ds.Label(i))
			}
		})
	}
	wg.Wait()
	b.err = errors.Join(errs...)
	return b
}

// cropper makes views; each goroutine has its own.
type cropper struct {
	kind   Crop
	size   int
	recipe *augment.Pipeline
	worker *augment.Worker
	params augment.Params
	plain  *rgb.Image
	out    rgb.Image
}

func newCropper(kind Crop, size int) *cropper {
	recipe := &augment.Pipeline{Size: size, Filter: augment.Bicubic, Scale: [2]float64{0.08, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5}
	return &cropper{kind: kind, size: size, recipe: recipe, worker: recipe.NewWorker(), plain: rgb.New(size, size)}
}

func (c *cropper) crop(dst []uint8, m *rgb.Image, s *rng.Stream) {
	if c.kind == CropResized {
		c.recipe.Draw(&c.params, s, m.W, m.H, augment.Strength{})
		c.worker.Apply(dst, m, &c.params)
		return
	}
	c.worker.Plain(c.plain.Pix, m, c.size)
	border := c.size / 8
	x, y := s.IntN(2*border+1)-border, s.IntN(2*border+1)-border
	augment.Crop(&c.out, c.plain, augment.Box{X: x, Y: y, W: c.size, H: c.size})
	if s.Bool(0.5) {
		augment.FlipHorizontal(&c.out)
	}
	copy(dst, c.out.Pix)
}

package views

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch/dtype"
)

// Images returns the source of two augmented views of each image of a set: uint8,
// H x W x 3.
func Images(ds dataset.Dataset, p *augment.Pipeline, seed uint64) sampler.Source {
	return &images{ds, p, seed}
}

type images struct {
	ds       dataset.Dataset
	pipeline *augment.Pipeline
	seed     uint64
}

func (s *images) Len() int { return s.ds.Len() }

func (s *images) Views() [][]sampler.Spec {
	one := []sampler.Spec{pixels(s.pipeline.Size)}
	return [][]sampler.Spec{one, one}
}

func (s *images) NewViewer() sampler.Viewer { return &imageViewer{s, s.pipeline.NewWorker()} }

type imageViewer struct {
	*images
	worker *augment.Worker
}

func (v *imageViewer) View(dst [][]byte, sample int, weight float64, epoch, view int) error {
	m, err := v.ds.Image(sample)
	if err != nil {
		return fmt.Errorf("sample %d: %w", sample, err)
	}
	v.worker.View(dst[0], m, weight, v.seed, uint32(epoch), uint32(sample), uint8(view))
	return nil
}

// pixels is the spec of an image of size x size pixels.
func pixels(size int) sampler.Spec {
	n := int64(size)
	return sampler.Spec{DType: dtype.Uint8, Shape: []int64{n, n, 3}}
}

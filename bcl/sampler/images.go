package sampler

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/torch/dtype"
)

// Images returns the source of augmented views of a set of images: uint8, H x W x 3.
func Images(ds dataset.Dataset, p *augment.Pipeline, seed uint64) Source {
	return &images{ds, p, seed}
}

type images struct {
	ds       dataset.Dataset
	pipeline *augment.Pipeline
	seed     uint64
}

func (s *images) Len() int { return s.ds.Len() }

func (s *images) Spec() Spec {
	n := int64(s.pipeline.Size)
	return Spec{dtype.Uint8, []int64{n, n, 3}}
}

func (s *images) NewViewer() Viewer { return &imageViewer{s, s.pipeline.NewWorker()} }

type imageViewer struct {
	*images
	worker *augment.Worker
}

func (v *imageViewer) View(dst []byte, sample int, weight float64, epoch, view int) error {
	m, err := v.ds.Image(sample)
	if err != nil {
		return fmt.Errorf("sample %d: %w", sample, err)
	}
	v.worker.View(dst, m, weight, v.seed, uint32(epoch), uint32(sample), uint8(view))
	return nil
}

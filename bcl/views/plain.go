package views

import (
	"cmp"
	"fmt"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// Plain says how images are seen without augmentation: by evaluation.
type Plain struct {
	Size   int            // side of the central crop, pixels
	Resize int            // shorter side before that, at least Size; 0: Size
	Filter augment.Filter // of the resize
}

// Of returns the source of one view of each image of a set: uint8, Size x Size x 3.
func (p Plain) Of(ds dataset.Dataset) sampler.Source { return &plain{ds, p} }

type plain struct {
	ds dataset.Dataset
	Plain
}

func (s *plain) Len() int                { return s.ds.Len() }
func (s *plain) Views() [][]sampler.Spec { return [][]sampler.Spec{{pixels(s.Size)}} }
func (s *plain) NewViewer() sampler.Viewer {
	return &plainViewer{s, augment.CIFAR(s.Size).NewWorker()}
}

type plainViewer struct {
	*plain
	worker *augment.Worker
}

func (v *plainViewer) View(dst [][]byte, sample int, _ float64, _, _ int) error {
	m, err := v.ds.Image(sample)
	if err != nil {
		return fmt.Errorf("sample %d: %w", sample, err)
	}
	v.worker.PlainFrom(dst[0], m, cmp.Or(v.Resize, v.Size), v.Size, v.Filter)
	return nil
}

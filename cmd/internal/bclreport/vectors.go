package bclreport

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/imbalance"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// viewed is how many samples are projected in two views.
const viewed = 512

// vectors computes what the run's newest checkpoint makes of some of its images.
func (o *options) vectors(ctx context.Context, dir string, t *bcltrain.Reopened, r *report.Run, stderr io.Writer) (v report.Vectors, err error) {
	c, skipped, err := checkpoint.LoadNewest(dir)
	if err != nil {
		return v, err
	}
	if skipped != nil {
		fmt.Fprintf(stderr, "%s: %v: skipped, using %s\n", name, skipped, c.Path)
	}
	v.Rows = choose(t.Images, min(o.points/o.flags.NArg(), t.Images.Len()))
	chosen, err := dataset.Subset(t.Images, v.Rows)
	if err != nil {
		return v, err
	}
	for i := range chosen.Len() {
		m, err := chosen.Image(i)
		if err != nil {
			return v, fmt.Errorf("%s: %w", chosen.Name(i), err)
		}
		v.Images = append(v.Images, thumbnail(m))
	}
	err = torch.Do(func() error {
		net := c.Kind().New(t.Model)
		nn.To(net, o.opened)
		nn.ToChannelsLast(net)
		if err := c.LoadWeights(net); err != nil {
			return err
		}
		e := &eval.Embedder{Net: net.Encoder(), Layers: []string{eval.FeaturesLayer}, DType: torch.Float32}
		e.Size, e.Batch, e.Workers, e.Device = t.Size, 256, o.workers, o.opened
		v.Width = int(net.Encoder().Features())
		if v.Features, err = embed(ctx, e, chosen, "features", stderr); err != nil {
			return err
		}
		alike := v.Features
		if len(v.Rows) < t.Images.Len() { // those were chosen by their classes
			some, err := dataset.Subset(t.Images, imbalance.Sample(t.Images.Len()))
			if err != nil {
				return err
			}
			if alike, err = embed(ctx, e, some, "features", stderr); err != nil {
				return err
			}
		}
		r.Group(alike, v.Width)
		p, ok := net.(model.Projected)
		if !ok {
			return nil
		}
		e.Network, e.Layers = p, []string{eval.ProjectionLayer}
		widths, err := e.Widths()
		if err != nil {
			return err
		}
		v.Projected = widths[0]
		some, err := dataset.Subset(t.Images, v.Rows[:min(viewed, len(v.Rows))])
		if err != nil {
			return err
		}
		done, _ := r.Epochs()
		for k := range v.Views {
			of := &views{Dataset: some, t: t, rows: v.Rows, epoch: done + 1, view: k}
			if v.Views[k], err = embed(ctx, e, of, "projections", stderr); err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

// embed computes the vectors of the one layer of e.
func embed(ctx context.Context, e *eval.Embedder, ds dataset.Dataset, what string, stderr io.Writer) (x []float32, err error) {
	set, clear := progress(stderr, what, ds.Len())
	defer clear()
	widths, err := e.Widths()
	if err != nil {
		return nil, err
	}
	err = e.Run(ctx, ds, 0, func(layers [][]byte) error {
		for b := layers[0]; len(b) > 0; b = b[4:] {
			x = append(x, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
		set(len(x) / widths[0])
		return nil
	})
	return x, err
}

// views are a set whose images are views of another's, of the base recipe as of a sample of
// weight 0: so runs can be compared.
type views struct {
	dataset.Dataset
	t           *bcltrain.Reopened
	rows        []int
	epoch, view int
}

func (s *views) Image(i int) (*rgb.Image, error) {
	m, err := s.Dataset.Image(i)
	if err != nil {
		return nil, err
	}
	size := s.t.Pipeline.Size
	out := rgb.New(size, size)
	s.t.Pipeline.NewWorker().View(out.Pix, m, 0, s.t.Seed, uint32(s.epoch), uint32(s.rows[i]), uint8(s.view))
	return out, nil
}

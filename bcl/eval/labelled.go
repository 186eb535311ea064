package eval

import (
	"context"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// labelled loads augmented batches of labelled images. An epoch depends only on the seed,
// its number and the rows.
type labelled struct {
	loader *sampler.Loader
	ds     dataset.Dataset
	rows   []int // nil: all
	batch  int
	least  int // drop a smaller last batch
	seed   uint64
}

func (i Images) labelled(ds dataset.Dataset, rows []int, batch, least int, seed uint64) (*labelled, error) {
	l, err := sampler.NewLoader(i.Crop.Of(ds, i.Size, i.Filter, seed), i.Workers, nil)
	return &labelled{l, ds, rows, batch, least, seed}, err
}

func (v *labelled) epoch(ctx context.Context, epoch int, step func(b *sampler.Batch, labels []int64) error) error {
	return deal(ctx, v.loader, epoch, split(v.order(epoch), v.batch, v.least), func(b *sampler.Batch) error {
		labels := make([]int64, len(b.Samples))
		for k, i := range b.Samples {
			labels[k] = int64(v.ds.Label(i))
		}
		return step(b, labels)
	})
}

func (v *labelled) len() int {
	if v.rows == nil {
		return v.ds.Len()
	}
	return len(v.rows)
}

// batches is the number of steps per epoch.
func (v *labelled) batches() int { return len(split(make([]int, v.len()), v.batch, v.least)) }

func (v *labelled) order(epoch int) []int {
	order := make([]int, v.len())
	s := rng.New(v.seed, rng.Probe, uint32(epoch), 0, rng.ProbeOrder)
	s.Perm(order)
	if v.rows != nil {
		for i, k := range order {
			order[i] = v.rows[k]
		}
	}
	return order
}

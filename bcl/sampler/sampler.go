package sampler

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Sampler loads the samples of a source in batches, in a random order for each epoch.
type Sampler struct {
	loader *Loader
	n      int // samples
	seed   uint64
	batch  int
}

// New returns a sampler of batches of batch samples, prepared by a number of goroutines
// in memory from alloc (nil: Go's). The seed determines the order of each epoch.
func New(source Source, seed uint64, batch, workers int, alloc Alloc) (*Sampler, error) {
	if n := source.Len(); n < 2 {
		return nil, fmt.Errorf("%d samples: contrastive learning needs at least 2", n)
	}
	if batch < 2 {
		return nil, fmt.Errorf("batch size %d: a sample needs others to contrast with, so at least 2", batch)
	}
	loader, err := NewLoader(source, workers, alloc)
	if err != nil {
		return nil, err
	}
	return &Sampler{loader, source.Len(), seed, min(batch, source.Len())}, nil
}

// Epoch starts an epoch (counted from 1) at batch first with a memorisation weight per
// sample. The caller must Close it.
func (s *Sampler) Epoch(epoch, first int, weight func(sample int) float64) *Epoch {
	order := s.Order(epoch)
	samples := func(b int) []int {
		lo, hi := s.bounds(first + b)
		return order[lo:hi]
	}
	return s.loader.Epoch(epoch, s.Batches()-first, samples, weight)
}

// Batches returns the number of batches per epoch. The last, smaller one is kept, unless
// it is one sample of batches of two: then the last batch has three.
func (s *Sampler) Batches() int {
	if s.batch == 2 {
		return s.n / 2
	}
	return (s.n + s.batch - 1) / s.batch
}

// bounds returns which samples of the epoch's order make up batch b. A last batch of one
// sample would have no negatives, a loss of zero and a wrong memory of that sample, so
// the batch before it gives it one more, or, if it has only two, takes it.
func (s *Sampler) bounds(b int) (lo, hi int) {
	n, last := s.n, s.Batches()-1
	lo, hi = b*s.batch, (b+1)*s.batch
	if b == last {
		hi = n
	}
	if n%s.batch == 1 && s.batch > 2 {
		switch b {
		case last:
			lo--
		case last - 1:
			hi--
		}
	}
	return lo, hi
}

// Largest returns the samples of the largest batch, and its buffers without memory.
func (s *Sampler) Largest() (samples int, buffers []Buffer) {
	for b := range s.Batches() {
		lo, hi := s.bounds(b)
		samples = max(samples, hi-lo)
	}
	return samples, s.loader.layout.buffers(samples)
}

// Order returns the order of the samples in an epoch.
func (s *Sampler) Order(epoch int) []int {
	order := make([]int, s.n)
	stream := rng.New(s.seed, rng.Order, uint32(epoch), 0, 0)
	stream.Perm(order)
	return order
}

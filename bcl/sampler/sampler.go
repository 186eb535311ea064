package sampler

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Sampler deals the samples of a source in batches.
type Sampler struct {
	source  Source
	seed    uint64
	batch   int
	workers int
}

// New returns a sampler of batches of batch samples, prepared by a number of
// goroutines. The seed decides the order of each epoch.
func New(source Source, seed uint64, batch, workers int) (*Sampler, error) {
	if n := source.Len(); n < 2 {
		return nil, fmt.Errorf("%d samples: contrastive learning needs at least 2", n)
	}
	if batch < 2 {
		return nil, fmt.Errorf("batch size %d: a sample needs others to contrast with, so at least 2", batch)
	}
	if workers < 1 {
		return nil, fmt.Errorf("%d workers, expected at least 1", workers)
	}
	return &Sampler{source, seed, min(batch, source.Len()), workers}, nil
}

// Batches returns the number of batches of an epoch. The last, smaller one is kept,
// unless it is one sample of batches of two: then the last batch has three.
func (s *Sampler) Batches() int {
	n := s.source.Len()
	if s.batch == 2 {
		return n / 2
	}
	return (n + s.batch - 1) / s.batch
}

// bounds returns which samples of the epoch's order make up batch b. A last batch
// of one sample would have no negatives, a loss of zero and a wrong memory of that
// sample, so the batch before it then leaves it one more, or takes it in if it has
// but two.
func (s *Sampler) bounds(b int) (lo, hi int) {
	n, last := s.source.Len(), s.Batches()-1
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

// Order returns the order of the samples in an epoch.
func (s *Sampler) Order(epoch int) []int {
	order := make([]int, s.source.Len())
	stream := rng.New(s.seed, rng.Order, uint32(epoch), 0, 0)
	stream.Perm(order)
	return order
}

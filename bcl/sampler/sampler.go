package sampler

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Sampler loads the samples of a source in batches, in a random order for each epoch.
type Sampler struct {
	loader *Loader
	n      int // samples
	seed   uint64
	batch  int
	share  share
}

// share is which part of each batch has its views made here.
type share struct {
	rank, of int
	chunk    int // parts are whole chunks of at most this many samples; 0: any number
}

// bounds are those of the part of a batch of n samples: parts differ by one sample at most, or by
// one chunk.
func (s share) bounds(n int) (lo, hi int) {
	if s.chunk == 0 {
		return s.rank * n / s.of, (s.rank + 1) * n / s.of
	}
	cut := Cut(n, s.chunk)
	chunks := len(cut) - 1
	return cut[s.rank*chunks/s.of], cut[(s.rank+1)*chunks/s.of]
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
	return &Sampler{loader, source.Len(), seed, min(batch, source.Len()), share{of: 1}}, nil
}

// Share lets the sampler make only the views of one part of each batch, of as many as there are
// processes: contiguous, in the order of their ranks. Order, batches and views are the same for
// any number. It comes before the first Epoch.
func (s *Sampler) Share(rank, of int) {
	s.ShareChunks(rank, of, 0)
}

// ShareChunks is Share by whole chunks of at most so many samples, as [Cut] makes them of a batch:
// the chunks, too, are the same for any number of processes. A batch of few chunks has none for
// some of them.
func (s *Sampler) ShareChunks(rank, of, chunk int) {
	s.share = share{rank, of, chunk}
	s.loader.share = s.share
}

// Chunks returns where this process's part of a batch of n samples is cut into chunks of at most
// so many, as [Cut] does, within the part.
func (s *Sampler) Chunks(n, most int) (bounds []int) {
	lo, hi := s.share.bounds(n)
	if s.share.chunk == 0 {
		return Cut(hi-lo, most)
	}
	for _, b := range Cut(n, most) {
		if b >= lo && b <= hi {
			bounds = append(bounds, b-lo)
		}
	}
	return bounds
}

// Shares returns how many samples of a batch of n each process has.
func (s *Sampler) Shares(n int) []int {
	counts := make([]int, s.share.of)
	for r := range counts {
		lo, hi := share{r, s.share.of, s.share.chunk}.bounds(n)
		counts[r] = hi - lo
	}
	return counts
}

// Epoch starts an epoch (counted from 1) at batch first with a memorisation weight per
// sample. The caller must Close it.
func (s *Sampler) Epoch(epoch, first int, weight func(sample int) float64) *Epoch {
	return s.Visit(Visits{Samples: s.Order(epoch)}, epoch, first, weight)
}

// Visit is Epoch with other samples than each once, as many.
func (s *Sampler) Visit(v Visits, epoch, first int, weight func(sample int) float64) *Epoch {
	batch := func(b int) Visits { return v.part(s.bounds(first + b)) }
	return s.loader.visit(epoch, s.Batches()-first, batch, weight)
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

// Largest returns the samples of the largest batch, and the buffers of this process's share of
// it, without memory.
func (s *Sampler) Largest() (samples int, buffers []Buffer) {
	for b := range s.Batches() {
		lo, hi := s.bounds(b)
		samples = max(samples, hi-lo)
	}
	return samples, s.loader.layout.buffers(slices.Max(s.Shares(samples)))
}

// Order returns the order of the samples in an epoch.
func (s *Sampler) Order(epoch int) []int {
	order := make([]int, s.n)
	stream := rng.New(s.seed, rng.Order, uint32(epoch), 0, 0)
	stream.Perm(order)
	return order
}

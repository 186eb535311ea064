package search

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/torch"
)

// queriesAtOnce is how many queries share the products with a list.
const queriesAtOnce = 1024

// Search returns the k nearest items of each query, nearest first; fewer if there are not
// so many in the lists that are searched. queries are rows of the index's width. probe is
// how many lists are searched: 0 for the index's default, and at least all for exactness.
// Many queries at once are much faster each than one.
func (x *Index) Search(ctx context.Context, queries []float32, k, probe int) ([][]Hit, error) {
	if k < 1 || len(queries)%x.Width != 0 {
		return nil, fmt.Errorf("%d neighbours of %d numbers: expected at least 1, and rows of %d", k, len(queries), x.Width)
	}
	for i, v := range queries {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("query %d has the element %v, expected finite numbers", i/x.Width, v)
		}
	}
	if probe == 0 {
		probe = x.Probe
	}
	probe = min(probe, x.Lists)
	var found [][]Hit
	err := torch.Do(func() error {
		vectors, err := x.vectors()
		if err != nil {
			return err
		}
		for part := range slices.Chunk(queries, queriesAtOnce*x.Width) {
			s := &search{Index: x, ctx: ctx, vectors: vectors, best: make([]best, len(part)/x.Width)}
			for i := range s.best {
				s.best[i].k = k
			}
			if err := torch.Do(func() error { return s.run(part, probe) }); err != nil {
				return err
			}
			for _, b := range s.best {
				found = append(found, b.hits)
			}
		}
		return nil
	})
	return found, err
}

// search is the search of a batch.
type search struct {
	*Index
	ctx     context.Context
	vectors torch.Tensor
	best    []best
}

func (s *search) run(queries []float32, probe int) error {
	n := int64(len(s.best))
	q := torch.FromSlice(queries, n, int64(s.Width)).Normalize(1, 1e-12)
	everyone := make([]int, n)
	for i := range everyone {
		everyone[i] = i
	}
	rest := 0 // first row that is compared with every query
	if s.Lists > 0 && probe < s.Lists {
		centres, err := s.centres()
		if err != nil {
			return err
		}
		_, lists := q.Mm(centres.T()).TopK(int64(probe), 1, true)
		by := make([][]int, s.Lists)
		for i, l := range torch.Slice[int64](lists) {
			by[l] = append(by[l], i/probe)
		}
		for l, who := range by {
			if lo, hi := s.starts[l], s.starts[l+1]; len(who) > 0 && hi > lo {
				if err := s.compare(q, who, lo, hi); err != nil {
					return err
				}
			}
		}
		rest = s.Sorted
	}
	for lo := rest; lo < s.Rows; lo += rowsAtOnce {
		if err := s.compare(q, everyone, int64(lo), int64(min(lo+rowsAtOnce, s.Rows))); err != nil {
			return err
		}
	}
	return nil
}

// compare compares some queries with the rows lo to hi.
func (s *search) compare(q torch.Tensor, who []int, lo, hi int64) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if err := s.check(lo, hi); err != nil {
		return err
	}
	return torch.Do(func() error {
		if len(who) < len(s.best) {
			at := make([]int64, len(who))
			for i, w := range who {
				at[i] = int64(w)
			}
			q = q.IndexSelect(0, torch.FromSlice(at))
		}
		similarity := q.Mm(s.vectors.Narrow(0, lo, hi-lo).T())
		first, _ := slices.BinarySearch(s.removed, lo)
		end, _ := slices.BinarySearch(s.removed, hi)
		if first < end {
			at := make([]int64, end-first)
			for i, row := range s.removed[first:end] {
				at[i] = row - lo
			}
			torch.Run("index_fill_.int_Scalar", similarity, 1, torch.FromSlice(at), math.Inf(-1))
		}
		k := min(int64(s.best[0].k), hi-lo)
		values, rows := similarity.TopK(k, 1, true)
		v, r := torch.Slice[float32](values), torch.Slice[int64](rows)
		for i, w := range who {
			for j := i * int(k); j < (i+1)*int(k) && v[j] > float32(math.Inf(-1)); j++ {
				s.best[w].add(s.ids[lo+r[j]], v[j])
			}
		}
		return nil
	})
}

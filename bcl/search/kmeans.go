package search

import (
	"context"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/torch"
)

// rowsAtOnce bounds the memory of a product with all centroids.
const rowsAtOnce = 8192

// iterations of k-means. More move centroids, but hardly the recall.
const iterations = 10

// kmeans returns n centroids of length 1 of the rows of x, which have length 1, in the
// current scope: spherical k-means (Dhillon and Modha 2001) from rows drawn by seed. A
// centroid that nothing is near to stays where it is.
func kmeans(ctx context.Context, x torch.Tensor, n int, seed uint64, progress func(done, total int)) (torch.Tensor, error) {
	rows := int(x.Size(0))
	perm := make([]int, rows)
	s := rng.New(seed, rng.Order, 0, 0, 0)
	s.Perm(perm)
	first := make([]int64, n)
	for i := range first {
		first[i] = int64(perm[i])
	}
	centres := x.IndexSelect(0, torch.FromSlice(first))
	for i := range iterations {
		if ctx.Err() != nil {
			return centres, context.Cause(ctx)
		}
		err := torch.Do(func() error {
			sum := torch.ZerosLike(centres)
			err := nearest(x, centres, func(lo int64, list torch.Tensor) error {
				torch.Run("index_add_", sum, 0, list, x.Narrow(0, lo, list.Size(0)), 1)
				return nil
			})
			if err != nil {
				return err
			}
			empty := torch.Call("linalg_vector_norm", sum, 2, []int64{1}, true, nil)[0].GtScalar(0).LogicalNot()
			centres.Copy_(torch.Where(empty, centres, sum.Normalize(1, 1e-12)))
			return nil
		})
		if err != nil {
			return centres, err
		}
		if progress != nil {
			progress(i+1, iterations)
		}
	}
	return centres, nil
}

// nearest calls f with the nearest centroid of each row of x, some rows at a time.
func nearest(x, centres torch.Tensor, f func(lo int64, list torch.Tensor) error) error {
	n := x.Size(0)
	for lo := int64(0); lo < n; lo += rowsAtOnce {
		err := torch.Do(func() error {
			return f(lo, x.Narrow(0, lo, min(rowsAtOnce, n-lo)).Mm(centres.T()).ArgMax(1))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

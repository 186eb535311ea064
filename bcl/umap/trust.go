package umap

import "fmt"

// Trustworthiness returns how far the k nearest of a point in a layout, N x 2, are near it
// among the points themselves, N x dim: 1 if all are, less by the ranks of those that are
// not (Venna and Kaski 2001). k must be below half of N.
func Trustworthiness(x []float32, dim int, y []float32, k int) (float64, error) {
	n := len(x) / max(dim, 1)
	if dim < 1 || len(x) != n*dim || len(y) != 2*n || k < 1 || 2*k >= n {
		return 0, fmt.Errorf("%d values of %d, %d coordinates and %d neighbours do not fit", len(x), dim, len(y), k)
	}
	truth, err := Neighbours(x, dim, n-1)
	if err != nil {
		return 0, err
	}
	shown, err := Neighbours(y, 2, k)
	if err != nil {
		return 0, err
	}
	rank := make([]int, n)
	penalty := 0.0
	for i := range n {
		for r, j := range truth.Index[i*(n-1) : (i+1)*(n-1)] {
			rank[j] = r + 1
		}
		for _, j := range shown.Index[i*k : (i+1)*k] {
			penalty += float64(max(0, rank[j]-k))
		}
	}
	return 1 - penalty*2/(float64(n)*float64(k)*float64(2*n-3*k-1)), nil
}

package imbalance

import (
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Sample returns at most [Most] of n samples, all of them as likely, the same for every network.
func Sample(n int) []int {
	order := make([]int, n)
	s := rng.New(0, rng.Cluster, 0, 0, 2)
	s.Perm(order)
	order = order[:min(Most, n)]
	slices.Sort(order)
	return order
}

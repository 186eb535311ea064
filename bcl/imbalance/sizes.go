package imbalance

import (
	"cmp"
	"math"
	"slices"
)

func count(of []int, k int) []int {
	sizes := make([]int, k)
	for _, c := range of {
		sizes[c]++
	}
	return sizes
}

// sizing measures the sizes of clusters, some of which may be empty.
func sizing(sizes []int) (s Sizing) {
	sizes = slices.Sorted(slices.Values(sizes))
	total, weighted := 0.0, 0.0
	for i, n := range sizes {
		total += float64(n)
		weighted += float64(i+1) * float64(n)
	}
	k := float64(len(sizes))
	s.Gini = 2*weighted/(k*total) - (k+1)/k
	for i, n := range sizes {
		p := float64(n) / total
		if n > 0 {
			s.Entropy -= p * math.Log(p) / math.Log(k)
		}
		if 5*(i+1) <= len(sizes) {
			s.Smallest += p
		}
	}
	return s
}

// joint counts the samples of each pair of clusters of a and b.
func joint(a, b []int, k int) []int {
	table := make([]int, k*k)
	for i := range a {
		table[a[i]*k+b[i]]++
	}
	return table
}

// adjustedRand is the adjusted Rand index of two partitions into at most k (Hubert and Arabie
// 1985, equation 5).
func adjustedRand(a, b []int, k int) float64 {
	pairs := func(counts []int) (s float64) {
		for _, n := range counts {
			s += float64(n) * float64(n-1) / 2
		}
		return s
	}
	both, inA, inB := pairs(joint(a, b, k)), pairs(count(a, k)), pairs(count(b, k))
	expected := inA * inB / pairs([]int{len(a)})
	if most := (inA + inB) / 2; most != expected {
		return (both - expected) / (most - expected)
	}
	return 1
}

// keep is how well the clusters of one seed hold together: those of the smaller half by size,
// and the others. Empty ones do not count.
func keep(found [][]int, seed, k int, near []int32) (half [2]Kept) {
	of := found[seed]
	sizes := count(of, k)
	stability, inside := make([]float64, k), make([]float64, k)
	for other, theirs := range found {
		if other == seed {
			continue
		}
		table, others := joint(of, theirs, k), count(theirs, k)
		for c, n := range sizes {
			best := 0.0
			for d, both := range table[c*k : (c+1)*k] {
				if both > 0 {
					best = max(best, float64(both)/float64(n+others[d]-both))
				}
			}
			stability[c] += best / float64(len(found)-1)
		}
	}
	for i, c := range of {
		for _, j := range near[i*neighbours : (i+1)*neighbours] {
			if of[j] == c {
				inside[c] += 1 / float64(neighbours*sizes[c])
			}
		}
	}
	var order []int
	for c, n := range sizes {
		if n > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[a], sizes[b]) })
	middle := len(order) / 2
	for h, list := range [][]int{order[:middle], order[middle:]} {
		for _, c := range list {
			half[h].add(Kept{stability[c], inside[c]}, float64(len(list)))
		}
	}
	return half
}

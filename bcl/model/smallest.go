package model

import "math"

// smallest returns the k-th smallest magnitude, counted from 0, of all values of all
// parts. It does not sort: the bits of positive floats are ordered like the floats, so
// one pass counts the upper halves of the bits, which gives the upper half of the result,
// and a second pass counts the lower halves within it (a radix selection). NaN, which has
// larger bits than any number, counts as the largest.
func smallest(parts [][]float32, k int) float32 {
	upper := make([]int, 1<<15)
	each(parts, func(bits uint32) { upper[bits>>16]++ })
	high, k := walk(upper, k)
	lower := make([]int, 1<<16)
	each(parts, func(bits uint32) {
		if bits>>16 == high {
			lower[bits&0xffff]++
		}
	})
	low, _ := walk(lower, k)
	return math.Float32frombits(high<<16 | low)
}

// each calls f with the bits of every magnitude.
func each(parts [][]float32, f func(bits uint32)) {
	for _, p := range parts {
		for _, v := range p {
			f(math.Float32bits(v) &^ (1 << 31))
		}
	}
}

// walk returns the bin of the k-th counted value, and its index in that bin.
func walk(counts []int, k int) (bin uint32, rest int) {
	for b, n := range counts {
		if k < n {
			return uint32(b), k
		}
		k -= n
	}
	panic("model: fewer values than requested")
}

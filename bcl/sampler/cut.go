package sampler

// Cut returns the bounds of as few chunks of n samples as have at most so many each. They differ
// by one sample at most, so that none is left with too few to normalise by. Chunk i is from
// bounds[i] to bounds[i+1]-1; of no samples there is none.
func Cut(n, most int) (bounds []int) {
	chunks := (n + most - 1) / most
	for i := range chunks {
		bounds = append(bounds, i*n/chunks)
	}
	return append(bounds, n)
}

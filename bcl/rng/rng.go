// Package rng is the randomness of a run: counter-based streams, each named by (seed,
// purpose, epoch, sample, view). A stream's numbers depend only on its name, so results
// do not change with the number of workers, the order in which samples are prepared, a
// resume, or the machine.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel Random
// Numbers: As Easy as 1, 2, 3", SC 2011), the one PyTorch uses on GPUs.
package rng

import "math/bits"

// Purpose separates the streams of one run that share epoch and sample.
type Purpose uint8

// The purposes in use. Their values are part of what a seed produces: never reorder them.
const (
	Order    Purpose = iota // order of the samples of an epoch
	View                    // parameters of one augmented view
	Strength                // one draw per sample (u in BCL-D)
	Prune                   // random share of pruning
	Shuffle                 // permutation of the weights (shuffled control)
	Split                   // long-tailed splits and probe subsets
	Synth                   // the embedded data set
	Probe                   // order and initial weights of evaluation
	Simplex                 // directions of Geometric Harmonization
	Resample                // bootstrap and permutations of what is measured
	Map                     // layouts of features
	Draws                   // which samples a re-sampled epoch has, and their order
	Cluster                 // clusters of features, and features without any
)

// The views of the streams of Probe.
const (
	ProbeOrder uint8 = iota // order of the samples of an epoch
	ProbeView               // random numbers of a sample
)

// Stream is a sequence of random numbers. It is a plain value: copying it forks the
// sequence at the same position. The zero value is not a valid stream; use New.
type Stream struct {
	key  [2]uint32
	ctr  [4]uint32
	out  [4]uint32
	used int
}

// New returns the stream of (seed, purpose, epoch, sample, view). Distinct
// arguments give distinct counters or keys, so streams never overlap: each holds
// 2^48 blocks of four numbers.
func New(seed uint64, purpose Purpose, epoch, sample uint32, view uint8) Stream {
	return Stream{
		key:  [2]uint32{uint32(seed), uint32(seed >> 32)},
		ctr:  [4]uint32{0, uint32(view)<<8 | uint32(purpose), sample, epoch},
		used: 4,
	}
}

// Uint32 returns a uniform 32-bit number.
func (s *Stream) Uint32() uint32 {
	if s.used == 4 {
		s.out = philox(s.ctr, s.key)
		s.ctr[0]++
		if s.ctr[0] == 0 {
			s.ctr[1] += 1 << 16
		}
		s.used = 0
	}
	v := s.out[s.used]
	s.used++
	return v
}

// Uint64 returns a uniform 64-bit number. It makes *Stream a [math/rand/v2.Source].
func (s *Stream) Uint64() uint64 {
	lo := uint64(s.Uint32())
	return lo | uint64(s.Uint32())<<32
}

// Float64 returns a uniform number in [0, 1) with 53 random bits.
func (s *Stream) Float64() float64 {
	return float64(s.Uint64()>>11) / (1 << 53)
}

// Uniform returns a uniform number in [lo, hi).
func (s *Stream) Uniform(lo, hi float64) float64 {
	return lo + float64((hi-lo)*s.Float64()) // the conversion forbids a fused multiply-add, which rounds differently
}

// Bool returns true with probability p.
func (s *Stream) Bool(p float64) bool {
	return s.Float64() < p
}

// IntN returns a uniform number in [0, n), without bias (Lemire's method). It
// panics if n <= 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("rng: IntN of a number that is not positive")
	}
	un := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), un)
	if lo < un {
		for limit := -un % un; lo < limit; {
			hi, lo = bits.Mul64(s.Uint64(), un)
		}
	}
	return int(hi)
}

// Perm fills p with a uniform permutation of 0..len(p)-1 (Fisher-Yates).
func (s *Stream) Perm(p []int) {
	for i := range p {
		p[i] = i
	}
	for i := len(p) - 1; i > 0; i-- {
		j := s.IntN(i + 1)
		p[i], p[j] = p[j], p[i]
	}
}

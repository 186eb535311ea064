package augment

import "github.com/bcl-go/bcl/bcl/rng"

// Boost is what BCL adds to a recipe: K operations of RandAugment whose
// probability and magnitude grow with the sample's memorisation weight w, which
// is near 1 for samples the network has not memorised (section 3.3 of the paper;
// the constants are those of the released code).
type Boost struct {
	K       int     // operations drawn a view: 1 in BCL-I, 2 in BCL-D
	R       float64 // strongest magnitude, at most MaxMagnitude; 30 in the paper
	NoFloor bool    // the rule of ImageNet-LT and Places-LT: magnitude R*w*u
}

// Strength is how strongly one sample is augmented in one epoch. Both of its
// views share it.
type Strength struct {
	Magnitude float64 // of every operation, in [0, MaxMagnitude]
	Prob      float64 // that a drawn operation is applied
}

// The magnitudes of a fully memorised sample.
const (
	floorOne  = 10 // K = 1
	floorMany = 5  // K >= 2
)

// At is the strength at memorisation weight w, in [0, 1], and the sample's own
// draw u, in [0, 1):
//
//	K = 1:    magnitude 10 + (R-10)*w
//	K >= 2:   magnitude  5 + (R-5)*w*u
//	NoFloor:  magnitude R*w*u
//
// The probability is w.
func (b Boost) At(w, u float64) Strength {
	floor := float64(floorMany)
	switch {
	case b.NoFloor:
		floor = 0
	case b.K == 1:
		floor, u = floorOne, 1
	}
	return Strength{Magnitude: floor + float64((b.R-floor)*w*u), Prob: w}
}

// Strength is the strength of a sample at weight w, with u from the sample's
// stream of that epoch.
//
// The released code draws u inside data-loader workers that were never reseeded,
// so its draws repeat in every worker and epoch. These do not.
func (b Boost) Strength(w float64, seed uint64, epoch, sample uint32) Strength {
	s := rng.New(seed, rng.Strength, epoch, sample, 0)
	return b.At(w, s.Float64())
}

package augment

import (
	"cmp"
	"fmt"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/bcl/settings/field"
)

// Boost is what BCL adds to a recipe: K operations of RandAugment whose
// probability and magnitude grow with the sample's memorisation weight w, which
// is near 1 for samples the network has not memorised (section 3.3 of the paper;
// the constants are those of the released code).
type Boost struct {
	K       int     // operations per view: 1 in BCL-I, 2 in BCL-D
	R       float64 // strongest magnitude, from the floor to MaxMagnitude; 30 in the paper
	NoFloor bool    // the rule of ImageNet-LT and Places-LT: magnitude R*w*u
}

// Strength is the strength of the augmentation of one sample in one epoch. Both of its
// views share it.
type Strength struct {
	Magnitude float64 // of every operation, in [0, MaxMagnitude]
	Prob      float64 // of applying a drawn operation
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
	if b.K == 1 && !b.NoFloor {
		u = 1
	}
	floor := b.floor()
	return Strength{Magnitude: floor + float64((b.R-floor)*w*u), Prob: w}
}

// floor is the magnitude at w = 0.
func (b Boost) floor() float64 {
	switch {
	case b.NoFloor:
		return 0
	case b.K == 1:
		return floorOne
	}
	return floorMany
}

// check returns a [*field.Error] if b cannot be used. The released code accepts an R
// below the floor, with which the samples that are memorised best get the strongest
// views.
func (b Boost) check() error {
	floor := b.floor()
	magnitudes := fmt.Sprintf("%v to %d", floor, MaxMagnitude)
	return cmp.Or(
		field.Expect(b.K >= 1 && b.K <= int(NumOps), "K", b.K, fmt.Sprintf("1 to %d", NumOps)),
		field.Expect(b.R >= 0 && b.R <= MaxMagnitude, "R", b.R, magnitudes),
		field.Expect(b.R >= floor, "R", b.R, fmt.Sprintf("%s: with K = %d magnitudes start at %v, and samples that are not memorised would get the weaker views (without a floor they start at 0)", magnitudes, b.K, floor)),
	)
}

// Strength is the strength of a sample at weight w, with u from the sample's
// stream of that epoch and draw, 0 unless the epoch has the sample several times.
//
// The released code draws u inside data-loader workers that were never reseeded, so its
// draws repeat in every worker and epoch. Here they do not.
func (b Boost) Strength(w float64, seed uint64, epoch, sample uint32, draw uint8) Strength {
	s := rng.New(seed, rng.Strength, epoch, sample, draw)
	return b.At(w, s.Float64())
}

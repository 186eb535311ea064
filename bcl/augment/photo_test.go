package augment_test

import (
	"math"
	"math/rand/v2"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// photo returns an image with the relevant statistics of a photograph: slow changes of
// colour, an edge, a little noise.
func photo(w, h int) *rgb.Image {
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := rgb.New(w, h)
	for i := range m.Pix {
		x, y, c := i/3%w, i/3/w, float64(i%3)
		v := 128 + 100*math.Sin(4*(float64(x)/float64(w)+float64(y)/float64(h))+c) + 12*r.NormFloat64()
		if x+2*y > w {
			v *= 0.6
		}
		m.Pix[i] = uint8(min(max(v, 0), 255))
	}
	return m
}

// noise returns an image of independent uniform values.
func noise(w, h int, r *rand.Rand) *rgb.Image {
	m := rgb.New(w, h)
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	return m
}

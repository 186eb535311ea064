package main

import (
	"math"
	"math/rand/v2"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// photo draws an image with smooth shades, an edge and noise, as a photograph has.
func photo(w, h int) *rgb.Image {
	m := rgb.New(w, h)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range m.Pix {
		c, x, y := i%3, i/3%w, i/3/w
		v := 128 + 100*math.Sin(4*(float64(x)/float64(w)+float64(y)/float64(h))+float64(c)) + 12*r.NormFloat64()
		if x+2*y > w {
			v *= 0.6
		}
		m.Pix[i] = uint8(min(max(v, 0), 255))
	}
	return m
}

package synth

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// draw paints one image of the texture. All random numbers come from s.
func draw(s *rng.Stream, k Knobs, ink texture) *rgb.Image {
	m := rgb.New(k.Size, k.Size)
	place := newPlane(s, k)
	cell := cells{salt: s.Uint32(), jitter: k.Jitter, turned: s.Bool(0.5)}
	ground, paint := colours(s, k)
	shade := [2]shading{newShading(s, k), newShading(s, k)}
	front := clutter(s, k)
	sigma := s.Uniform(k.Noise[0], k.Noise[1])

	i := 0
	for y := range k.Size {
		for x := range k.Size {
			fx, fy := float64(x), float64(y)
			var cover float64 // 2 x 2 points per pixel
			for _, o := range [4][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
				u, v := place.at(fx+o[0], fy+o[1])
				cover += ink(u, v, cell) / 4
			}
			px, py := fx/float64(k.Size)-0.5, fy/float64(k.Size)-0.5
			var level [3]float64
			for c := range level {
				a := ground[c] + shade[0].at(px, py, c)
				b := paint[c] + shade[1].at(px, py, c)
				level[c] = a + (b-a)*cover
			}
			for j := range front {
				front[j].over(&level, fx+0.5, fy+0.5)
			}
			for _, v := range level {
				m.Pix[i] = uint8(min(max(math.Round(v+sigma*grain(s)), 0), 255))
				i++
			}
		}
	}
	return m
}

// plane maps pixels to the units of a texture: rotated, scaled, stretched, shifted and
// slightly bent.
type plane struct {
	cos, sin, su, sv, ou, ov float64
	warp, fu, fv, pu, pv     float64
}

func newPlane(s *rng.Stream, k Knobs) plane {
	sin, cos := math.Sincos(2 * math.Pi * s.Float64())
	period, stretch := s.Uniform(k.Period[0], k.Period[1]), s.Uniform(k.Stretch[0], k.Stretch[1])
	return plane{
		cos: cos, sin: sin, su: 1 / period, sv: 1 / (period * stretch),
		ou: s.Uniform(0, 64), ov: s.Uniform(0, 64),
		warp: k.Warp, fu: s.Uniform(1, 2), fv: s.Uniform(1, 2), pu: s.Uniform(0, 7), pv: s.Uniform(0, 7),
	}
}

func (p plane) at(x, y float64) (u, v float64) {
	u = (p.cos*x-p.sin*y)*p.su + p.ou
	v = (p.sin*x+p.cos*y)*p.sv + p.ov
	return u + p.warp*math.Sin(p.fu*v+p.pu), v + p.warp*math.Sin(p.fv*u+p.pv)
}

// colours returns two colours; either may be the lighter.
//
// Their range is what the augmentations of contrastive learning cover (jitter of
// brightness, contrast, saturation and hue). With colours from the whole cube, images
// could be distinguished by colour alone, and a network would learn only that: the loss
// falls, and accuracy stays at chance.
func colours(s *rng.Stream, k Knobs) (a, b [3]float64) {
	grey := s.Uniform(k.Grey[0], k.Grey[1])
	half := s.Uniform(k.Contrast[0], k.Contrast[1]) / 2
	if s.Bool(0.5) {
		half = -half
	}
	return tint(s, k, grey-half), tint(s, k, grey+half)
}

func tint(s *rng.Stream, k Knobs, level float64) (c [3]float64) {
	for i := range c {
		c[i] = level + s.Uniform(-k.Chroma, k.Chroma)
	}
	return c
}

// shading is a change of colour across the image, its own in each channel.
type shading [3][2]float64

func newShading(s *rng.Stream, k Knobs) (g shading) {
	for c := range g {
		g[c] = [2]float64{s.Uniform(-k.Gradient, k.Gradient), s.Uniform(-k.Gradient, k.Gradient)}
	}
	return g
}

func (g *shading) at(x, y float64, c int) float64 { return g[c][0]*x + g[c][1]*y }

// shape is an object in front of the texture: a bar, or a disc if its half length is
// zero.
type shape struct {
	x, y, cos, sin, long, wide, opaque float64
	colour                             [3]float64
}

func clutter(s *rng.Stream, k Knobs) []shape {
	front := make([]shape, s.IntN(k.Clutter+1))
	for i := range front {
		f := &front[i]
		f.sin, f.cos = math.Sincos(2 * math.Pi * s.Float64())
		f.x, f.y = s.Uniform(0, float64(k.Size)), s.Uniform(0, float64(k.Size))
		f.wide = s.Uniform(0.6, 3.2)
		if s.Bool(0.5) {
			f.long = s.Uniform(3, 14)
		}
		f.opaque = s.Uniform(0.5, 1)
		f.colour = tint(s, k, s.Uniform(30, 225))
	}
	return front
}

// over blends the shape over one pixel.
func (f *shape) over(level *[3]float64, x, y float64) {
	x, y = x-f.x, y-f.y
	if x*x+y*y > (f.long+f.wide+1)*(f.long+f.wide+1) {
		return // the common case
	}
	along, across := f.cos*x-f.sin*y, f.sin*x+f.cos*y
	d := math.Hypot(max(math.Abs(along)-f.long, 0), across) - f.wide
	t := f.opaque * min(max(0.5-d, 0), 1)
	for c := range level {
		level[c] += (f.colour[c] - level[c]) * t
	}
}

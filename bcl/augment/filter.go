package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
)

// Filter is an interpolation kernel of [Resizer].
type Filter uint8

const (
	Bicubic  Filter = iota // Keys' cubic convolution, a = -0.5, support 2
	Bilinear               // triangle, support 1
)

func (f Filter) support() float64 {
	if f == Bilinear {
		return 1
	}
	return 2
}

// weight is the kernel at distance x, in units of the filter's scale.
func (f Filter) weight(x float64) float64 {
	x = math.Abs(x)
	switch {
	case f == Bilinear:
		return max(0, 1-x)
	case x < 1:
		return float64(float64((float64(1.5*x)-2.5)*x)*x) + 1
	case x < 2:
		return (float64((float64((x-5)*x)+8)*x) - 4) * -0.5
	}
	return 0
}

// taps are the taps of a resize along one axis.
type taps struct {
	lanes.Taps // First+Width <= in unless in < Width
	in, out    int
	filter     Filter
	kernel     []float64
	ready      bool
}

// tables are the tables of an axis. Those of short inputs, which recur when small images
// are enlarged, are cached by the input's length; others are computed each time, which is
// cheap compared with a large image, and share memory. The first short input allocates
// memory for all of them, so that a rare crop size allocates none later.
type tables struct {
	short [65]taps
	out   int // of the short tables
	long  taps
}

// The axes of a resize.
const (
	horizontal = iota
	vertical
)

// get returns the table of a resize of in to out samples, valid until the next
// call.
func (z *tables) get(in, out int, f Filter) *taps {
	t := &z.long
	if in < len(z.short) {
		t = &z.short[in]
		if z.out != out {
			z.out = out
			for n := range z.short {
				z.short[n].reserve(n, out, f)
			}
		}
	}
	if !t.ready || t.in != in || t.out != out || t.filter != f {
		t.compute(in, out, f)
	}
	return t
}

// scale is the number of inputs per output, and reach how many samples the kernel covers.
// When the image shrinks the kernel widens with it, which is Pillow's antialiasing.
func (f Filter) scale(in, out int) (scale, support float64, reach int) {
	scale = float64(in) / float64(out)
	support = f.support() * max(scale, 1)
	return scale, support, 2 * int(math.Ceil(support))
}

// reserve makes room in t for a resize of in to out samples.
func (t *taps) reserve(in, out int, f Filter) {
	_, _, reach := f.scale(in, out)
	t.Reserve(in, out, min(reach, in))
	t.kernel = lanes.Resized(t.kernel, reach+1)
	t.ready = false
}

// compute fills t for a resize of in to out samples.
func (t *taps) compute(in, out int, f Filter) {
	scale, support, _ := f.scale(in, out)
	inverse := 1 / max(scale, 1)
	t.reserve(in, out, f)
	t.in, t.out, t.filter, t.ready = in, out, f, true
	clear(t.Weight)
	for o := range out {
		center := float64((float64(o) + 0.5) * scale)
		lo := max(int(center-support+0.5), 0)
		hi := min(int(center+support+0.5), in)
		k, sum := t.kernel[:hi-lo], 0.0
		for i := range k {
			k[i] = f.weight((float64(i+lo) - center + 0.5) * inverse)
			sum += k[i]
		}
		// Rounding of center can put reach+1 samples between lo and hi; the outermost
		// then has weight 0. (Dropping more could make first decrease from one output to
		// the next, but Resizer relies on its not decreasing.)
		if len(k) > t.Width && fixed(k[len(k)-1]/sum) == 0 {
			k = k[:len(k)-1]
		}
		if len(k) > t.Width && fixed(k[0]/sum) == 0 {
			k, lo = k[1:], lo+1
		}
		// The window is moved inside the input, so that the loops of Resizer
		// can read width samples for every output.
		t.First[o] = min(lo, in-t.Width)
		for i, w := range k {
			t.Weight[o*t.Width+lo-t.First[o]+i] = fixed(w / sum)
		}
	}
	t.Ready()
}

// fixed rounds w to lanes.Precision bits, halves away from zero.
func fixed(w float64) int64 {
	return int64(float64(w*(1<<lanes.Precision)) + math.Copysign(0.5, w))
}

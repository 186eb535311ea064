package augment

import "math"

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

// precision is the number of fraction bits of a tap: 32 bits less 8 of the
// pixel, less one for the sign and one because taps sum to more than 1 where
// others are negative.
const precision = 22

// taps has, for every output position along one axis, the inputs that are summed and
// their fixed-point weights.
type taps struct {
	in, out int
	filter  Filter
	width   int     // weights stored per output; the unused ones are 0
	first   []int   // first input of an output; first+width <= in unless in < width
	weight  []int64 // out x width
	kernel  []float64
	ready   bool
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
	t.width = min(reach, in)
	t.first = resized(t.first, out)
	t.weight = resized(t.weight, out*t.width)
	t.kernel = resized(t.kernel, reach+1)
	t.ready = false
}

// compute fills t for a resize of in to out samples.
func (t *taps) compute(in, out int, f Filter) {
	scale, support, _ := f.scale(in, out)
	inverse := 1 / max(scale, 1)
	t.reserve(in, out, f)
	t.in, t.out, t.filter, t.ready = in, out, f, true
	clear(t.weight)
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
		if len(k) > t.width && fixed(k[len(k)-1]/sum) == 0 {
			k = k[:len(k)-1]
		}
		if len(k) > t.width && fixed(k[0]/sum) == 0 {
			k, lo = k[1:], lo+1
		}
		// The window is moved inside the input, so that the loops of Resizer
		// can read width samples for every output.
		t.first[o] = min(lo, in-t.width)
		for i, w := range k {
			t.weight[o*t.width+lo-t.first[o]+i] = fixed(w / sum)
		}
	}
}

// fixed rounds w to precision bits, halves away from zero.
func fixed(w float64) int64 {
	return int64(float64(w*(1<<precision)) + math.Copysign(0.5, w))
}

// resized returns s with length n, reusing its memory if it is large enough. New memory
// is at least twice the old, so that varying lengths soon fit.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, max(n, 2*cap(s)))
	}
	return s[:n]
}

package lanes

// Precision is the number of fraction bits of a weight: 32 bits less 8 of the
// pixel, less one for the sign and one because weights sum to more than 1 where
// others are negative.
const Precision = 22

// Taps says, for every output position along one axis, which inputs are summed and with what
// fixed-point weights.
type Taps struct {
	Width  int     // weights stored per output; the unused ones are 0
	First  []int   // first input of an output
	Weight []int64 // outputs x Width
	split  []int16 // the weights as the assembly reads them; see Ready
	line   []int64 // scratch: two rows, interleaved
}

// RowsAcross is how many rows [Taps.Across] resizes at a time.
const RowsAcross = 4

// Slack is how many bytes after its pixels Across may read of a row; their values do not
// matter. It may also write one byte after the pixels of a row.
const Slack = 16

var (
	reserve = (*Taps).reservePlain
	ready   = func(*Taps) {}
	across  = (*Taps).acrossPlain
)

// Reserve makes room for width weights of each of out outputs, from in inputs.
func (t *Taps) Reserve(in, out, width int) {
	t.Width = width
	t.First, t.Weight = Resized(t.First, out), Resized(t.Weight, out*width)
	reserve(t, in)
}

// Ready prepares for Across, after a change of the weights.
func (t *Taps) Ready() { ready(t) }

// Across resizes RowsAcross rows along x, n pixels each, the inputs. Row i of src starts at byte i*from,
// of dst at byte i*to; there is room for len(t.First) pixels and one byte.
func (t *Taps) Across(dst []uint8, to int, src []uint8, from, n int) {
	across(t, dst, to, src, from, n)
}

func (t *Taps) reservePlain(in int) { t.line = Resized(t.line, 3*in) }

// acrossPlain resizes two rows at a time.
func (t *Taps) acrossPlain(dst []uint8, to int, src []uint8, from, n int) {
	t.line = t.line[:3*n]
	size := 3 * len(t.First)
	for i := 0; i < RowsAcross; i += 2 {
		interleave(t.line, src[i*from:], src[(i+1)*from:])
		t.two(dst[i*to:][:size], dst[(i+1)*to:][:size], t.line)
	}
}

// two resizes the pixels of in, two interleaved rows, to rows a and b.
func (t *Taps) two(a, b []uint8, in []int64) {
	b = b[:len(a)]
	if t.Width == 4 { // the bicubic kernel when enlarging
		for x, at := range t.First {
			k := t.Weight[4*x : 4*x+4 : 4*x+4]
			p := in[3*at : 3*at+12 : 3*at+12]
			p3, q3 := a[3*x:3*x+3:3*x+3], b[3*x:3*x+3:3*x+3]
			p3[0], q3[0] = split(half + p[0]*k[0] + p[3]*k[1] + p[6]*k[2] + p[9]*k[3])
			p3[1], q3[1] = split(half + p[1]*k[0] + p[4]*k[1] + p[7]*k[2] + p[10]*k[3])
			p3[2], q3[2] = split(half + p[2]*k[0] + p[5]*k[1] + p[8]*k[2] + p[11]*k[3])
		}
		return
	}
	for x, at := range t.First {
		k := t.Weight[x*t.Width : (x+1)*t.Width]
		p := in[3*at:][:3*len(k)]
		var red, green, blue int64 = half, half, half
		for i, w := range k {
			q := p[3*i : 3*i+3 : 3*i+3]
			red += q[0] * w
			green += q[1] * w
			blue += q[2] * w
		}
		p3, q3 := a[3*x:3*x+3:3*x+3], b[3*x:3*x+3:3*x+3]
		p3[0], q3[0] = split(red)
		p3[1], q3[1] = split(green)
		p3[2], q3[2] = split(blue)
	}
}

// interleave makes words of the bytes of two rows: one of each in a word.
func interleave(out []int64, a, b []uint8) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = int64(a[i]) | int64(b[i])<<32
	}
}

// Resized returns s with length n, reusing its memory if it is large enough. New memory
// is at least twice the old, so that varying lengths soon fit.
func Resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, max(n, 2*cap(s)))
	}
	return s[:n]
}

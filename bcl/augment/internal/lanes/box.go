package lanes

// Box is a box filter with a fractional radius: weight Inner for the 2*Radius+1 inputs around
// the centre, Outer for the next one on each side, in 8.24 fixed point.
type Box struct {
	Radius       int
	Inner, Outer int64
}

// WidestBox is the largest radius of a [Box] that Filter takes.
const WidestBox = 16

var box = Box.filterPlain

// Fast says whether [Box.Filter] is faster than running sums.
var Fast = false

// Filter makes byte i of out of bytes i, i+step, i+2*step and so on of in, the inputs from the
// one on the left to the one on the right: len(out)+2*(Radius+1)*step bytes. out and in do
// not overlap.
func (b Box) Filter(out, in []uint8, step int) { box(b, out, in, step) }

func (b Box) filterPlain(out, in []uint8, step int) {
	last := 2 * (b.Radius + 1) * step
	for i := range out {
		inner := int64(0)
		for at := i + step; at < i+last; at += step {
			inner += int64(in[at])
		}
		out[i] = uint8((inner*b.Inner + (int64(in[i])+int64(in[i+last]))*b.Outer + 1<<23) >> 24)
	}
}

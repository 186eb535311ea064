//go:build !purego

package lanes

func init() {
	if avx2 {
		box, Fast = Box.filterWide, true
	}
}

// boxAVX2 makes n bytes, a multiple of half of chunk. inner is 2*Radius+1. upper and lower
// have the bits of Inner and Outer from bit 12 on and below, Outer's in the upper 16.
//
//go:noescape
func boxAVX2(out *uint8, n int, in *uint8, step, inner int, upper, lower uint32)

func (b Box) filterWide(out, in []uint8, step int) {
	const part = chunk / 2
	n := len(out)
	if n < part || b.Radius > WidestBox {
		b.filterPlain(out, in, step)
		return
	}
	in = in[:n+2*(b.Radius+1)*step]
	upper := uint32(b.Inner>>12 | b.Outer>>12<<16)
	lower := uint32(b.Inner&0xfff | b.Outer&0xfff<<16)
	boxAVX2(&out[0], n&^(part-1), &in[0], step, 2*b.Radius+1, upper, lower)
	if last := n - part; n%part > 0 { // the last bytes, some of them again
		boxAVX2(&out[last], part, &in[last], step, 2*b.Radius+1, upper, lower)
	}
}

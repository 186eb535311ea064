//go:build !purego

package lanes

func init() {
	if avx2 {
		reserve, ready, across = (*Taps).reserveWide, (*Taps).splitWeights, (*Taps).acrossWide
	}
}

// acrossAVX2 resizes four rows to n pixels. Each pixel is the sum of groups of four inputs.
//
//go:noescape
func acrossAVX2(dst *uint8, to int, src *uint8, from int, first *int, n int, split *int16, groups int)

func (t *Taps) reserveWide(int) {
	t.split = Resized(t.split, 8*((t.Width+3)/4)*len(t.First))
}

// splitWeights fills t.split: for every group of four weights the upper bits of each, then
// the lower 12 bits of each, so that both fit the 16-bit multiplications of VPMADDWD.
func (t *Taps) splitWeights() {
	groups := (t.Width + 3) / 4
	clear(t.split)
	for o := range t.First {
		out := t.split[8*groups*o:][:8*groups]
		for i, w := range t.Weight[o*t.Width : (o+1)*t.Width] {
			at := i/4*8 + i%4
			out[at], out[at+4] = int16(w>>12), int16(w&0xfff)
		}
	}
}

func (t *Taps) acrossWide(dst []uint8, to int, src []uint8, from, n int) {
	_ = dst[3*to+3*len(t.First)] // the last byte written
	_ = src[3*from+3*n+Slack-1]  // and the last that may be read
	acrossAVX2(&dst[0], to, &src[0], from, &t.First[0], len(t.First), &t.split[0], (t.Width+3)/4)
}

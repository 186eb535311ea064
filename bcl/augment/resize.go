package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Resizer resizes images as Pillow's Image.resize does: a horizontal and then a
// vertical pass with an antialiasing kernel, in fixed point, rounded to 8 bits
// between the passes. The zero value is ready. A Resizer keeps its tables and
// buffers between calls and serves one goroutine.
type Resizer struct {
	cache [64]taps
	line  []pair // one source row
	rows  []pair // the horizontal pass's result
}

// pair is a pixel ready for multiplication: red and green in the halves of one
// word, blue in another. A weight is then applied to two channels at once; sums
// stay exact because each fits in 32 signed bits.
type pair struct{ rg, b int64 }

func unpack(p []uint8) pair {
	return pair{int64(p[0]) | int64(p[1])<<32, int64(p[2])}
}

// half is 1/2 in both halves of a word, so that the final shift rounds.
const half = 1<<(precision-1) | 1<<(precision-1+32)

// round8 turns two sums into two channels.
func round8(rg int64) (r, g uint8) {
	lo := int32(rg)
	return clip8(lo), clip8(int32((rg - int64(lo)) >> 32))
}

// clip8 drops the fraction bits and limits to 0..255.
func clip8(sum int32) uint8 {
	v := sum >> precision
	if uint32(v) > 255 {
		return uint8(^v >> 31) // 0 below, 255 above
	}
	return uint8(v)
}

// Resize writes src, resized to w x h pixels, to dst.
func (z *Resizer) Resize(dst, src *rgb.Image, w, h int, f Filter) {
	z.Crop(dst, src, Box{0, 0, src.W, src.H}, w, h, f)
}

// Crop writes the part box of src, resized to w x h pixels, to dst: the bytes
// of torchvision's resized_crop. Outside of src the box is black.
func (z *Resizer) Crop(dst, src *rgb.Image, box Box, w, h int, f Filter) {
	box.W, box.H = max(box.W, 1), max(box.H, 1)
	w, h = max(w, 1), max(h, 1)
	if !box.inside(src) {
		var cut rgb.Image
		Crop(&cut, src, box)
		src, box = &cut, Box{0, 0, box.W, box.H}
	}
	if box.W == w && box.H == h {
		Crop(dst, src, box)
		return
	}
	// Both passes are skipped or run as Pillow's are; an identity pass would
	// give the same bytes and only cost time.
	dst.Resize(w, h)
	z.horizontal(src, box, w, f)
	if box.H == h {
		for y := range h {
			pack(dst.Pix[3*w*y:3*w*(y+1)], z.rows[w*y:w*(y+1)])
		}
		return
	}
	z.vertical(dst, box.H, f)
}

// taps returns the table of a resize of in to out samples.
func (z *Resizer) taps(in, out int, f Filter) *taps {
	t := &z.cache[in%len(z.cache)]
	if !t.ready || t.in != in || t.out != out || t.filter != f {
		t.compute(in, out, f)
	}
	return t
}

// horizontal fills z.rows, box.H rows of w pixels.
func (z *Resizer) horizontal(src *rgb.Image, box Box, w int, f Filter) {
	z.rows = resized(z.rows, w*box.H)
	z.line = resized(z.line, box.W)
	var t *taps
	if box.W != w {
		t = z.taps(box.W, w, f)
	}
	for y := range box.H {
		at := 3 * ((box.Y+y)*src.W + box.X)
		row := z.rows[w*y : w*(y+1)]
		in := z.line
		if t == nil {
			in = row
		}
		p := src.Pix[at : at+3*box.W]
		for x := range in {
			q := p[3*x : 3*x+3 : 3*x+3]
			in[x] = unpack(q)
		}
		switch {
		case t == nil:
		case t.width == 4:
			across4(row, in, t)
		default:
			across(row, in, t)
		}
	}
}

func across(row, in []pair, t *taps) {
	for x := range row {
		k := t.weight[x*t.width : (x+1)*t.width]
		p := in[t.first[x]:]
		p = p[:len(k)]
		rg, b := int64(half), int64(half&0xffffffff)
		for i, w := range k {
			rg += p[i].rg * w
			b += p[i].b * w
		}
		r, g := round8(rg)
		row[x] = pair{int64(r) | int64(g)<<32, int64(clip8(int32(b)))}
	}
}

// across4 is across for four taps, the bicubic kernel's number when enlarging.
func across4(row, in []pair, t *taps) {
	first := t.first[:len(row)]
	for x := range row {
		k := t.weight[4*x : 4*x+4 : 4*x+4]
		p := in[first[x] : first[x]+4 : first[x]+4]
		rg := half + p[0].rg*k[0] + p[1].rg*k[1] + p[2].rg*k[2] + p[3].rg*k[3]
		b := half&0xffffffff + p[0].b*k[0] + p[1].b*k[1] + p[2].b*k[2] + p[3].b*k[3]
		r, g := round8(rg)
		row[x] = pair{int64(r) | int64(g)<<32, int64(clip8(int32(b)))}
	}
}

// vertical sums rows of z.rows, which has in of them, into dst.
func (z *Resizer) vertical(dst *rgb.Image, in int, f Filter) {
	t := z.taps(in, dst.H, f)
	w := dst.W
	for y := range dst.H {
		k := t.weight[y*t.width : (y+1)*t.width]
		rows := z.rows[w*t.first[y]:]
		out := dst.Pix[3*w*y : 3*w*(y+1)]
		if t.width == 4 {
			down4(out, rows, k, w)
			continue
		}
		for x := range w {
			rg, b := int64(half), int64(half&0xffffffff)
			for i, wt := range k {
				p := rows[w*i+x]
				rg += p.rg * wt
				b += p.b * wt
			}
			o := out[3*x : 3*x+3 : 3*x+3]
			o[0], o[1] = round8(rg)
			o[2] = clip8(int32(b))
		}
	}
}

func down4(out []uint8, rows []pair, k []int64, w int) {
	k0, k1, k2, k3 := k[0], k[1], k[2], k[3]
	p0, p1, p2, p3 := rows[:w], rows[w:][:w], rows[2*w:][:w], rows[3*w:][:w]
	for x := range p0 {
		rg := half + p0[x].rg*k0 + p1[x].rg*k1 + p2[x].rg*k2 + p3[x].rg*k3
		b := half&0xffffffff + p0[x].b*k0 + p1[x].b*k1 + p2[x].b*k2 + p3[x].b*k3
		o := out[3*x : 3*x+3 : 3*x+3]
		o[0], o[1] = round8(rg)
		o[2] = clip8(int32(b))
	}
}

func pack(out []uint8, row []pair) {
	for x, p := range row {
		o := out[3*x : 3*x+3 : 3*x+3]
		o[0], o[1], o[2] = uint8(p.rg), uint8(p.rg>>32), uint8(p.b)
	}
}

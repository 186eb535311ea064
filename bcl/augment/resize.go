package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Resizer resizes images as Pillow's Image.resize does: a pass along each axis
// with an antialiasing kernel, in fixed point, rounded to 8 bits between the
// passes. The zero value is ready. A Resizer keeps its tables and buffers between
// calls and serves one goroutine.
type Resizer struct {
	cache [2][64]taps // by axis, then by the input's length
	line  []pair      // one row of the source's width
	rows  []pair      // rows of the result's width
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
	dst.Resize(w, h)
	if verticalFirst(box.W, box.H, w, h) {
		z.downAcross(dst, src, box, f)
	} else {
		z.acrossDown(dst, src, box, f)
	}
}

// verticalFirst is the rule of Pillow 13 for the order of the passes (found by
// experiment; earlier versions always began with the horizontal one). Rounding
// between the passes makes the order visible in the last bit. Enlarging crops, as
// in CIFAR, never begins with the vertical pass.
func verticalFirst(inW, inH, w, h int) bool {
	return inH > h && inH-h > 2*(inW-w)
}

// The axes of a resize.
const (
	horizontal = iota
	vertical
)

// taps returns the table of a resize of in to out samples along an axis.
func (z *Resizer) taps(axis, in, out int, f Filter) *taps {
	t := &z.cache[axis][in%len(z.cache[axis])]
	if !t.ready || t.in != in || t.out != out || t.filter != f {
		t.compute(in, out, f)
	}
	return t
}

// acrossDown resizes every row of box, then the columns of that.
func (z *Resizer) acrossDown(dst, src *rgb.Image, box Box, f Filter) {
	w := dst.W
	z.rows = resized(z.rows, w*box.H)
	z.line = resized(z.line, box.W)
	t := z.taps(horizontal, box.W, w, f)
	for y := range box.H {
		in, out := src.Pix[3*((box.Y+y)*src.W+box.X):], z.rows[w*y:w*(y+1)]
		if box.W == w {
			unpack(out, in)
			continue
		}
		unpack(z.line, in)
		across(out, z.line, t)
	}
	if box.H == dst.H {
		pack(dst.Pix, z.rows)
		return
	}
	t = z.taps(vertical, box.H, dst.H, f)
	for y := range dst.H {
		k := t.weight[y*t.width : (y+1)*t.width]
		down(dst.Pix[3*w*y:3*w*(y+1)], z.rows[w*t.first[y]:], k)
	}
}

// downAcross resizes the columns of box, then every row of that.
func (z *Resizer) downAcross(dst, src *rgb.Image, box Box, f Filter) {
	w := dst.W
	z.rows = resized(z.rows, w)
	z.line = resized(z.line, box.W)
	t := z.taps(vertical, box.H, dst.H, f)
	t2 := z.taps(horizontal, box.W, w, f)
	for y := range dst.H {
		for x := range z.line {
			z.line[x] = pair{half, halfLow}
		}
		for i, weight := range t.weight[y*t.width : (y+1)*t.width] {
			at := 3 * ((box.Y+t.first[y]+i)*src.W + box.X)
			accumulate(z.line, src.Pix[at:], weight)
		}
		for x, p := range z.line {
			z.line[x] = p.round()
		}
		out := dst.Pix[3*w*y : 3*w*(y+1)]
		if box.W == w {
			pack(out, z.line)
			continue
		}
		across(z.rows, z.line, t2)
		pack(out, z.rows)
	}
}

// accumulate adds weight times the pixels of p to sums.
func accumulate(sums []pair, p []uint8, weight int64) {
	for x := range sums {
		q := p[3*x : 3*x+3 : 3*x+3]
		sums[x].rg += (int64(q[0]) | int64(q[1])<<32) * weight
		sums[x].b += int64(q[2]) * weight
	}
}

// across makes one row of out from one row of in.
func across(out, in []pair, t *taps) {
	first := t.first[:len(out)]
	if t.width == 4 { // the bicubic kernel when enlarging
		for x := range out {
			k := t.weight[4*x : 4*x+4 : 4*x+4]
			p := in[first[x] : first[x]+4 : first[x]+4]
			out[x] = pair{
				half + p[0].rg*k[0] + p[1].rg*k[1] + p[2].rg*k[2] + p[3].rg*k[3],
				halfLow + p[0].b*k[0] + p[1].b*k[1] + p[2].b*k[2] + p[3].b*k[3],
			}.round()
		}
		return
	}
	for x := range out {
		k := t.weight[x*t.width : (x+1)*t.width]
		p := in[first[x]:][:len(k)]
		sum := pair{half, halfLow}
		for i, w := range k {
			sum.rg += p[i].rg * w
			sum.b += p[i].b * w
		}
		out[x] = sum.round()
	}
}

// down makes one row of out, 3 bytes a pixel, from len(k) consecutive rows.
func down(out []uint8, rows []pair, k []int64) {
	w := len(out) / 3
	if len(k) == 4 {
		k0, k1, k2, k3 := k[0], k[1], k[2], k[3]
		p0, p1, p2, p3 := rows[:w], rows[w:][:w], rows[2*w:][:w], rows[3*w:][:w]
		for x := range p0 {
			pair{
				half + p0[x].rg*k0 + p1[x].rg*k1 + p2[x].rg*k2 + p3[x].rg*k3,
				halfLow + p0[x].b*k0 + p1[x].b*k1 + p2[x].b*k2 + p3[x].b*k3,
			}.put(out[3*x : 3*x+3 : 3*x+3])
		}
		return
	}
	for x := range w {
		sum := pair{half, halfLow}
		for i, weight := range k {
			p := rows[w*i+x]
			sum.rg += p.rg * weight
			sum.b += p.b * weight
		}
		sum.put(out[3*x : 3*x+3 : 3*x+3])
	}
}

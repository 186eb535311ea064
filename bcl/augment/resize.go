package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Resizer resizes images as Pillow's Image.resize does: a pass along each axis
// with an antialiasing kernel, in fixed point, rounded to 8 bits between the
// passes. The zero value is ready. A Resizer keeps its tables and buffers between
// calls and serves one goroutine.
type Resizer struct {
	tables [2]tables // by axis
	line   []int64   // two rows of the source, interleaved
	rows   []int64   // the rows that a row of the result needs, as neighbours
	sums   []int64   // of a row
	bytes  [2][]uint8
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
	for i := range z.bytes {
		z.bytes[i] = resized(z.bytes[i], 3*max(w, box.W))
	}
	z.line = resized(z.line, 3*box.W)
	switch {
	case box.H == h:
		z.across(dst, src, box, f)
	case verticalFirst(box.W, box.H, w, h):
		z.downAcross(dst, src, box, f)
	default:
		z.acrossDown(dst, src, box, f)
	}
}

// verticalFirst is the rule of Pillow 13 for the order of the passes (found by
// experiment; earlier versions always started with the horizontal one). Rounding between
// the passes makes the order visible in the last bit. Enlarging crops, as in CIFAR, never
// starts with the vertical pass.
func verticalFirst(inW, inH, w, h int) bool {
	return inH > h && inH-h > 2*(inW-w)
}

// row is the part of row y of src that lies in box.
func (b Box) row(src *rgb.Image, y int) []uint8 {
	at := 3 * ((b.Y+y)*src.W + b.X)
	return src.Pix[at : at+3*b.W]
}

// across resizes the rows of box, two at a time; an odd last one is done twice.
func (z *Resizer) across(dst, src *rgb.Image, box Box, f Filter) {
	t := z.tables[horizontal].get(box.W, dst.W, f)
	to := Box{0, 0, dst.W, dst.H}
	for y := 0; y < box.H; y += 2 {
		y1 := min(y+1, box.H-1)
		interleave(z.line, box.row(src, y), box.row(src, y1))
		t.across(to.row(dst, y), to.row(dst, y1), z.line)
	}
}

// acrossDown resizes every row of box, then the columns of that. Only the rows that the
// next row of the result needs are kept, row y of the box in slot y modulo their number.
func (z *Resizer) acrossDown(dst, src *rgb.Image, box Box, f Filter) {
	t := z.tables[horizontal].get(box.W, dst.W, f)
	v := z.tables[vertical].get(box.H, dst.H, f)
	stride := 3 * dst.W
	n, slots := words(stride), v.width+1 // rows are made in pairs
	z.rows = resized(z.rows, n*slots)
	slot := func(y int) []int64 { return z.rows[n*(y%slots):][:n] }

	made := 0 // the rows of box before this one are made, or will not be needed
	for y := range dst.H {
		first := v.first[y]
		for made = max(made, first); made < first+v.width; made += 2 {
			a, b := box.row(src, made), box.row(src, min(made+1, box.H-1))
			if box.W != dst.W {
				interleave(z.line, a, b)
				a, b = z.bytes[0][:stride], z.bytes[1][:stride]
				t.across(a, b, z.line)
			}
			neighbours(slot(made), a)
			neighbours(slot(made+1), b)
		}
		out := dst.Pix[stride*y : stride*(y+1)]
		k := v.weight[y*v.width : (y+1)*v.width]
		if len(k) == 4 {
			down4(out, slot(first), slot(first+1), slot(first+2), slot(first+3), [4]int64(k))
			continue
		}
		z.sums = resized(z.sums, n)
		begin(z.sums)
		for i := 0; i+1 < len(k); i += 2 {
			add(z.sums, slot(first+i), slot(first+i+1), k[i], k[i+1])
		}
		if i := len(k) - 1; i%2 == 0 {
			add(z.sums, slot(first+i), slot(first+i), k[i], 0)
		}
		putNeighbours(out, z.sums)
	}
}

// downAcross resizes the columns of box, then every row of that.
func (z *Resizer) downAcross(dst, src *rgb.Image, box Box, f Filter) {
	t := z.tables[horizontal].get(box.W, dst.W, f)
	v := z.tables[vertical].get(box.H, dst.H, f)
	z.sums = resized(z.sums, words(3*box.W))
	to := Box{0, 0, dst.W, dst.H}
	for y := 0; y < dst.H; y += 2 {
		rows := [2]int{y, min(y+1, dst.H-1)}
		for j, r := range rows {
			begin(z.sums)
			for i, weight := range v.weight[r*v.width : (r+1)*v.width] {
				addBytes(z.sums, box.row(src, v.first[r]+i), weight)
			}
			if box.W == dst.W {
				putNeighbours(to.row(dst, r), z.sums)
			} else {
				putNeighbours(z.bytes[j][:3*box.W], z.sums)
			}
		}
		if box.W != dst.W {
			interleave(z.line, z.bytes[0], z.bytes[1])
			t.across(to.row(dst, rows[0]), to.row(dst, rows[1]), z.line)
		}
	}
}

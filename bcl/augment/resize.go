package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Resizer resizes images as Pillow's Image.resize does: a pass along each axis
// with an antialiasing kernel, in fixed point, rounded to 8 bits between the
// passes. The zero value is ready. A Resizer keeps its tables and buffers between
// calls and serves one goroutine.
type Resizer struct {
	tables [2]tables // by axis
	source []uint8   // rows of the source, with room after each
	made   []uint8   // rows that are resized along one axis
	at     []int     // where the rows that are summed start
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
	switch {
	case box.H == h:
		z.across(dst, src, box, f)
	case box.W == w:
		z.down(dst, src, box, f)
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

// at is the byte of src where row y of box starts.
func (b Box) at(src *rgb.Image, y int) int { return 3 * ((b.Y+y)*src.W + b.X) }

// padded is the length of a row of w pixels with room for [lanes.Taps.Across].
func padded(w int) int { return (3*w + lanes.Slack + 31) &^ 31 }

// rowsAcross resizes lanes.RowsAcross rows of box, from row y on, to dst, where rows are
// padded. Of rows beyond the last, anything comes.
func (z *Resizer) rowsAcross(t *taps, dst []uint8, src *rgb.Image, box Box, y int) {
	const n = lanes.RowsAcross
	from, stride := box.at(src, y), 3*src.W
	if y+n <= box.H && from+(n-1)*stride+3*box.W+lanes.Slack <= len(src.Pix) {
		t.Across(dst, padded(t.out), src.Pix[from:], stride, box.W)
		return
	}
	stride = padded(box.W)
	z.source = lanes.Resized(z.source, n*stride)
	for i := range min(n, box.H-y) {
		copy(z.source[i*stride:][:3*box.W], src.Pix[box.at(src, y+i):])
	}
	t.Across(dst, padded(t.out), z.source, stride, box.W)
}

// across resizes the rows of box.
func (z *Resizer) across(dst, src *rgb.Image, box Box, f Filter) {
	t := z.tables[horizontal].get(box.W, dst.W, f)
	z.made = lanes.Resized(z.made, lanes.RowsAcross*padded(dst.W))
	for y := 0; y < box.H; y += lanes.RowsAcross {
		z.rowsAcross(t, z.made, src, box, y)
		z.keep(dst, y)
	}
}

// keep copies the rows that are made to rows y and the next of dst.
func (z *Resizer) keep(dst *rgb.Image, y int) {
	for i := range min(lanes.RowsAcross, dst.H-y) {
		copy(dst.Pix[3*dst.W*(y+i):][:3*dst.W], z.made[i*padded(dst.W):])
	}
}

// down resizes the columns of box, all of its height.
func (z *Resizer) down(dst, src *rgb.Image, box Box, f Filter) {
	v := z.tables[vertical].get(box.H, dst.H, f)
	for y := range dst.H {
		z.rowDown(dst.Pix[3*dst.W*y:][:3*dst.W], v, src, box, y)
	}
}

// rowDown makes row y of the columns of box, resized.
func (z *Resizer) rowDown(out []uint8, v *taps, src *rgb.Image, box Box, y int) {
	z.at = lanes.Resized(z.at, v.Width)
	for i := range z.at {
		z.at[i] = box.at(src, v.First[y]+i)
	}
	lanes.Down(out, src.Pix, z.at, v.Weight[y*v.Width:(y+1)*v.Width])
}

// acrossDown resizes every row of box, then the columns of that. Only the rows that the
// next row of the result needs are kept, row y of the box in slot y modulo their number.
func (z *Resizer) acrossDown(dst, src *rgb.Image, box Box, f Filter) {
	const n = lanes.RowsAcross
	t := z.tables[horizontal].get(box.W, dst.W, f)
	v := z.tables[vertical].get(box.H, dst.H, f)
	stride, slots := padded(dst.W), (v.Width+2*n-2)/n*n // v.Width+n-1, made whole
	z.made = lanes.Resized(z.made, slots*stride)
	z.at = lanes.Resized(z.at, v.Width)

	made := 0 // the rows of box before this one are made
	for y, first := range v.First {
		for ; made < first+v.Width; made += n {
			z.rowsAcross(t, z.made[made%slots*stride:], src, box, made)
		}
		for i := range z.at {
			z.at[i] = (first + i) % slots * stride
		}
		lanes.Down(dst.Pix[3*dst.W*y:][:3*dst.W], z.made, z.at, v.Weight[y*v.Width:(y+1)*v.Width])
	}
}

// downAcross resizes the columns of box, then every row of that.
func (z *Resizer) downAcross(dst, src *rgb.Image, box Box, f Filter) {
	const n = lanes.RowsAcross
	t := z.tables[horizontal].get(box.W, dst.W, f)
	v := z.tables[vertical].get(box.H, dst.H, f)
	stride := padded(box.W)
	z.source = lanes.Resized(z.source, n*stride)
	z.made = lanes.Resized(z.made, n*padded(dst.W))
	for y := 0; y < dst.H; y += n {
		for i := range min(n, dst.H-y) {
			z.rowDown(z.source[i*stride:][:3*box.W], v, src, box, y+i)
		}
		t.Across(z.made, padded(dst.W), z.source, stride, box.W)
		z.keep(dst, y)
	}
}

package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Box is a part of an image: W x H pixels from column X, row Y.
type Box struct{ X, Y, W, H int }

func (b Box) inside(m *rgb.Image) bool {
	return b.X >= 0 && b.Y >= 0 && b.W <= m.W-b.X && b.H <= m.H-b.Y
}

// Crop writes the part box of src to dst. Outside of src it is black, as in Pillow's
// Image.crop.
func Crop(dst, src *rgb.Image, box Box) {
	dst.Resize(max(box.W, 0), max(box.H, 0))
	if !box.inside(src) {
		clear(dst.Pix)
	}
	x0, x1 := max(0, -box.X), min(dst.W, src.W-box.X)
	y0, y1 := max(0, -box.Y), min(dst.H, src.H-box.Y)
	if x0 >= x1 {
		return
	}
	for y := y0; y < y1; y++ {
		from := 3 * ((box.Y+y)*src.W + box.X + x0)
		copy(dst.Pix[3*(y*dst.W+x0):3*(y*dst.W+x1)], src.Pix[from:])
	}
}

// FlipHorizontal mirrors m, left to right.
func FlipHorizontal(m *rgb.Image) {
	for y := range m.H {
		row := m.Pix[3*m.W*y : 3*m.W*(y+1)]
		for i, j := 0, len(row)-3; i < j; i, j = i+3, j-3 {
			a, b := row[i:i+3:i+3], row[j:j+3:j+3]
			a[0], a[1], a[2], b[0], b[1], b[2] = b[0], b[1], b[2], a[0], a[1], a[2]
		}
	}
}

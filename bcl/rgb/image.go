package rgb

import (
	"image"
	"image/color"
)

// FromImage returns a copy of src with the pixels that [Decode] gives of such a file:
// Pillow's convert("RGB"). Alpha is dropped, not composited; where src is premultiplied
// by it ([image.RGBA], [image.RGBA64]) the colour is divided by alpha again, which
// leaves black where that is 0. Of 16-bit samples the high byte is kept, and chroma is
// interpolated as libjpeg does. The pixel at src.Bounds().Min becomes (0, 0).
func FromImage(src image.Image) *Image { return convert(src) }

var _ image.RGBA64Image = (*Image)(nil)

// ColorModel, Bounds and At make an *Image an [image.Image], which shares m's memory:
// the packages of Go and its image/png, image/jpeg and image/draw take it as it is.
func (m *Image) ColorModel() color.Model { return color.RGBAModel }

// Bounds returns (0, 0)-(W, H).
func (m *Image) Bounds() image.Rectangle { return image.Rect(0, 0, m.W, m.H) }

// At returns a pixel as [color.RGBA], the zero one outside the bounds.
func (m *Image) At(x, y int) color.Color {
	if !(image.Point{x, y}).In(m.Bounds()) {
		return color.RGBA{}
	}
	p := m.Pix[3*(y*m.W+x):][:3]
	return color.RGBA{p[0], p[1], p[2], 255}
}

// RGBA64At is At without an allocation, which image/draw looks for.
func (m *Image) RGBA64At(x, y int) color.RGBA64 {
	if !(image.Point{x, y}).In(m.Bounds()) {
		return color.RGBA64{}
	}
	p := m.Pix[3*(y*m.W+x):][:3]
	return color.RGBA64{0x101 * uint16(p[0]), 0x101 * uint16(p[1]), 0x101 * uint16(p[2]), 0xffff}
}

// Opaque reports that no pixel is transparent, so that encoders write none.
func (m *Image) Opaque() bool { return true }

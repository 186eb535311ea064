package rgb

import (
	"image"
	"image/color"
)

var _ image.RGBA64Image = (*Image)(nil)

// ColorModel, Bounds and At make an *Image an [image.Image], which shares m's memory:
// Go's image/png, image/jpeg and image/draw can use it directly.
func (m *Image) ColorModel() color.Model { return color.RGBAModel }

// Bounds returns (0, 0)-(W, H).
func (m *Image) Bounds() image.Rectangle { return image.Rect(0, 0, m.W, m.H) }

// At returns a pixel as [color.RGBA], the zero one outside the bounds.
func (m *Image) At(x, y int) color.Color { return m.at(x, y) }

func (m *Image) at(x, y int) color.RGBA {
	if !(image.Point{x, y}).In(m.Bounds()) {
		return color.RGBA{}
	}
	p := m.Pix[3*(y*m.W+x):][:3]
	return color.RGBA{p[0], p[1], p[2], 255}
}

// RGBA64At is At without an allocation, which image/draw uses.
func (m *Image) RGBA64At(x, y int) color.RGBA64 {
	c := m.at(x, y)
	return color.RGBA64{0x101 * uint16(c.R), 0x101 * uint16(c.G), 0x101 * uint16(c.B), 0x101 * uint16(c.A)}
}

// Opaque reports that no pixel is transparent, so that encoders write none.
func (m *Image) Opaque() bool { return true }

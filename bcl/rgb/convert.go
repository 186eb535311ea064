package rgb

import (
	"image"
	"image/color"
)

// FromImage returns a copy of src with the pixels that [Decode] gives for such a file:
// Pillow's convert("RGB"). Alpha is dropped, not composited; where src is premultiplied
// by it ([image.RGBA], [image.RGBA64]) the colour is divided by alpha again, which gives
// black where that is 0. Of 16-bit samples the high byte is kept, and chroma is
// interpolated as libjpeg does. The pixel at src.Bounds().Min becomes (0, 0).
func FromImage(src image.Image) *Image {
	// It reads the samples of known types instead of calling At, because color.Color
	// premultiplies alpha: the colour under a transparent pixel would be lost.
	dst := New(src.Bounds().Dx(), src.Bounds().Dy())
	switch m := src.(type) {
	case *Image:
		copy(dst.Pix, m.Pix)
	case *image.Gray:
		dst.pick(m.Pix, m.Stride, 1, 0, 0, 0)
	case *image.Gray16:
		dst.pick(m.Pix, m.Stride, 2, 0, 0, 0)
	case *image.RGBA: // premultiplied; image/png uses it for files without alpha
		if !m.Opaque() {
			dst.each(src)
			break
		}
		dst.pick(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.NRGBA:
		dst.pick(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.RGBA64:
		if !m.Opaque() {
			dst.each(src)
			break
		}
		dst.pick(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.NRGBA64:
		dst.pick(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.Paletted:
		dst.palette(m)
	case *image.CMYK:
		dst.cmyk(m)
	case *image.YCbCr:
		dst.ycc(m)
	case *image.NYCbCrA:
		dst.ycc(&m.YCbCr)
	default:
		dst.each(src)
	}
	return dst
}

// each calls At for every pixel.
func (dst *Image) each(src image.Image) {
	b := src.Bounds()
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := straight(src.At(x, y))
			i += copy(dst.Pix[i:], c[:])
		}
	}
}

// pick copies bytes r, g and b of every pixel of size bytes.
func (dst *Image) pick(pix []uint8, stride, size, r, g, b int) {
	i := 0
	for y := range dst.H {
		row := pix[y*stride:][:dst.W*size]
		for x := 0; x < len(row); x += size {
			dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2] = row[x+r], row[x+g], row[x+b]
			i += 3
		}
	}
}

func (dst *Image) palette(m *image.Paletted) {
	var table [256][3]uint8 // indices beyond the palette stay black, as in Pillow
	for i, c := range m.Palette {
		table[i] = straight(c)
	}
	i := 0
	for y := range dst.H {
		for _, v := range m.Pix[y*m.Stride:][:dst.W] {
			i += copy(dst.Pix[i:], table[v][:])
		}
	}
}

// straight returns a colour that is not multiplied by its alpha.
func straight(c color.Color) [3]uint8 {
	if n, ok := c.(color.NRGBA64); ok {
		return [3]uint8{uint8(n.R >> 8), uint8(n.G >> 8), uint8(n.B >> 8)}
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return [3]uint8{n.R, n.G, n.B}
}

// cmyk is Pillow's cmyk2rgb: (255-K) - C*(255-K)/255, rounded.
func (dst *Image) cmyk(m *image.CMYK) {
	i := 0
	for y := range dst.H {
		row := m.Pix[y*m.Stride:][:4*dst.W]
		for x := 0; x < len(row); x += 4 {
			nk := 255 - int(row[x+3])
			for c := range 3 {
				t := int(row[x+c])*nk + 128
				dst.Pix[i+c] = uint8(nk - (t>>8+t)>>8)
			}
			i += 3
		}
	}
}

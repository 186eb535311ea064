package rgb

import (
	"image"
	"image/color"
)

// convert copies what image/jpeg and image/png return. It reads the samples
// themselves rather than calling At, because color.Color premultiplies alpha:
// the colour under a transparent pixel would be lost.
func convert(src image.Image) *Image {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	dst := New(w, h)
	switch m := src.(type) {
	case *image.Gray:
		dst.pick(m.Pix, m.Stride, 1, 0, 0, 0)
	case *image.Gray16:
		dst.pick(m.Pix, m.Stride, 2, 0, 0, 0)
	case *image.RGBA: // opaque: image/png uses it for files without alpha
		dst.pick(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.NRGBA:
		dst.pick(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.RGBA64:
		dst.pick(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.NRGBA64:
		dst.pick(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.Paletted:
		dst.palette(m)
	case *image.CMYK:
		dst.cmyk(m)
	case *image.YCbCr:
		dst.ycc(m)
	default:
		// Neither decoder returns anything else today; a slow exact copy of
		// opaque pixels is right for whatever they add.
		for y := range h {
			for x := range w {
				r, g, bl, _ := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
				copy(dst.Pix[3*(y*w+x):], []uint8{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8)})
			}
		}
	}
	return dst
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

// straight returns a palette colour without multiplying by its alpha.
func straight(c color.Color) [3]uint8 {
	if n, ok := c.(color.NRGBA); ok { // image/png, for palettes with a tRNS chunk
		return [3]uint8{n.R, n.G, n.B}
	}
	r, g, b, _ := c.RGBA()
	return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
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

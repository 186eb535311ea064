package rgb

import (
	"bytes"
	"image"
	"image/gif"
	"slices"
)

// readGIF reads the first frame, on the canvas that the file states: around a smaller frame
// it has the transparent colour, or colour 0, as in Pillow.
func readGIF(data []byte) (*Image, error) {
	around := 0
	if at := gifTransparency(data); at > 0 {
		// Transparent pixels keep their colour, which image/gif would take from them.
		data = slices.Clone(data)
		data[at] &^= 1
		around = int(data[at+3])
	}
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	m, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame := m.(*image.Paletted)
	whole := image.NewPaletted(image.Rect(0, 0, c.Width, c.Height), frame.Palette)
	for i := range whole.Pix {
		whole.Pix[i] = uint8(around)
	}
	for y := frame.Rect.Min.Y; y < frame.Rect.Max.Y; y++ {
		copy(whole.Pix[whole.PixOffset(frame.Rect.Min.X, y):][:frame.Rect.Dx()], frame.Pix[frame.PixOffset(frame.Rect.Min.X, y):])
	}
	return FromImage(whole), nil
}

// gifTransparency returns where the flags of the first frame lie if they say that it has a
// transparent colour, else 0.
func gifTransparency(data []byte) int {
	if len(data) < 13 {
		return 0
	}
	p, found := 13, 0
	if flags := data[10]; flags&0x80 != 0 {
		p += 3 << (flags&7 + 1)
	}
	for p+1 < len(data) && data[p] == 0x21 { // extensions: a label, then blocks with their lengths
		if data[p+1] == 0xf9 && p+7 < len(data) && data[p+2] == 4 {
			found = 0
			if data[p+3]&1 != 0 {
				found = p + 3
			}
		}
		for p += 2; p < len(data) && data[p] != 0; {
			p += 1 + int(data[p])
		}
		p++
	}
	return found
}

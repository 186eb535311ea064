// Package rgb has the image type of this module: 8-bit RGB, interleaved, rows from the
// top, Pillow's mode "RGB". All augmentations work on it.
//
// [Decode] reads JPEG and PNG files of any mode into that form, as Pillow's
// convert("RGB") would; [FromImage] takes any image of Go. An [*Image] is itself an
// [image.Image].
package rgb

import "slices"

// Image is a W x H picture; pixel (x, y) is Pix[3*(y*W+x):][:3] = R, G, B.
type Image struct {
	W, H int
	Pix  []uint8 // 3*W*H values
}

// New returns a black image of w x h pixels.
func New(w, h int) *Image {
	return &Image{W: w, H: h, Pix: make([]uint8, 3*w*h)}
}

// Resize sets the size of m to w x h and reuses its memory if that is large enough. The
// pixels are undefined afterwards.
func (m *Image) Resize(w, h int) {
	n := 3 * w * h
	if cap(m.Pix) < n {
		m.Pix = make([]uint8, n)
	}
	m.W, m.H, m.Pix = w, h, m.Pix[:n]
}

// Clone returns a copy of m that shares no memory with it.
func (m *Image) Clone() *Image {
	return &Image{W: m.W, H: m.H, Pix: slices.Clone(m.Pix)}
}

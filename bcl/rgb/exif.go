package rgb

import (
	"bytes"
	"regexp"
)

// held is what a file says of how the camera was held.
type held struct {
	exif []byte // a TIFF block, perhaps after "Exif\0\0"; nil if there is none
	xmp  []byte // Adobe's XML; nil if there is none
}

const exifMagic = "Exif\x00\x00"

// xmpOrientation is what Pillow looks for in XMP, which it does not parse.
var xmpOrientation = regexp.MustCompile(`tiff:Orientation(?:="|>)([0-9])`)

// orientation returns the EXIF orientation, 1 to 8, of the EXIF block or, if that has none,
// of XMP, as Pillow does. Damaged or missing ones give 1 (upright).
func (h held) orientation() int {
	tiff := h.exif
	for range 2 { // some cameras write it twice
		tiff = bytes.TrimPrefix(tiff, []byte(exifMagic))
	}
	const tag = 0x0112
	v, there := tiffNumber(tiff, tag)
	if !there {
		if m := xmpOrientation.FindSubmatch(h.xmp); m != nil {
			v = int(m[1][0] - '0')
		}
	}
	if v >= 1 && v <= 8 {
		return v
	}
	return 1
}

// orient undoes EXIF orientation o: 2 to 4 mirror or rotate by 180 degrees, 5 to 8 also
// swap width and height.
func orient(m *Image, o int) *Image {
	if o <= 1 || o > 8 {
		return m
	}
	w, h := m.W, m.H
	if o >= 5 {
		w, h = h, w
	}
	dst := New(w, h)
	for y := range h {
		for x := range w {
			sx, sy := x, y
			switch o {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6: // stored rotated left: the first stored column is the top row
				sx, sy = y, w-1-x
			case 7:
				sx, sy = h-1-y, w-1-x
			case 8:
				sx, sy = h-1-y, x
			}
			copy(dst.Pix[3*(y*w+x):][:3], m.Pix[3*(sy*m.W+sx):])
		}
	}
	return dst
}

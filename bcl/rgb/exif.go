package rgb

import (
	"bytes"
	"encoding/binary"
)

// jpegEXIF returns the TIFF block of the first APP1 "Exif" segment, or nil.
func jpegEXIF(data []byte) []byte {
	for p := 2; p+4 <= len(data) && data[p] == 0xff; {
		marker := data[p+1]
		if marker == 0xff { // fill byte
			p++
			continue
		}
		if marker == 0xda || marker == 0xd9 { // start of the pixels, or the end
			return nil
		}
		n := int(binary.BigEndian.Uint16(data[p+2:]))
		if n < 2 || p+2+n > len(data) {
			return nil
		}
		seg := data[p+4 : p+2+n]
		if tiff, ok := bytes.CutPrefix(seg, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return tiff
		}
		p += 2 + n
	}
	return nil
}

// pngEXIF returns the contents of the eXIf chunk, or nil.
func pngEXIF(data []byte) []byte {
	for p := 8; p+12 <= len(data); {
		n := uint64(binary.BigEndian.Uint32(data[p:]))
		if n > uint64(len(data)-p-12) {
			return nil
		}
		if string(data[p+4:p+8]) == "eXIf" {
			return data[p+8:][:n]
		}
		p += 12 + int(n)
	}
	return nil
}

// orientation returns the EXIF orientation in a TIFF block, 1 to 8. Damaged or missing
// blocks give 1 (upright).
func orientation(tiff []byte) int {
	const tag, typeShort = 0x0112, 3
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	ifd := uint64(order.Uint32(tiff[4:]))
	if ifd+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[ifd+2:]
	for range order.Uint16(tiff[ifd:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tag {
			if v := order.Uint16(entries[8:]); order.Uint16(entries[2:]) == typeShort && v >= 1 && v <= 8 {
				return int(v)
			}
			return 1
		}
		entries = entries[12:]
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

package rgb

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
	"slices"
	"strconv"
)

// pngFile is what Pillow takes from a PNG file.
type pngFile struct {
	head    []byte // the contents of IHDR
	palette []byte // of PLTE
	pixels  []byte // of the first run of IDAT chunks: a zlib stream
}

// size returns the size in the header.
func (p pngFile) size() (w, h int) {
	return int(binary.BigEndian.Uint32(p.head)), int(binary.BigEndian.Uint32(p.head[4:]))
}

// parsePNG reads data as Pillow's PngImagePlugin: checksums count up to the pixels, there
// and later not; transparency counts nowhere, as alpha is dropped; after the pixels any
// end will do, except within a chunk.
func parsePNG(data []byte) (p pngFile, err error) {
	rest := data[len(pngMagic):]
	for {
		kind, body, after, err := pngChunk(rest)
		if kind == "IDAT" {
			break
		}
		switch {
		case err != nil:
			return p, err
		case !isChunk(kind) || kind == "IEND":
			return p, png.FormatError(fmt.Sprintf("chunk %q before the pixels", kind))
		case !pngSum(kind, body, after):
			return p, png.FormatError("wrong checksum of chunk " + strconv.Quote(kind))
		case kind == "IHDR" && len(body) >= 13:
			p.head = slices.Clone(body[:13])
			p.head[pngCompression] = 0 // there is no other
		case kind == "PLTE":
			p.palette = body
		case kind == "tRNS" && p.head != nil && len(body) < pngTransparency[p.head[pngColour]]:
			return p, png.FormatError("truncated transparency")
		}
		rest = after[4:]
	}
	switch {
	case p.head == nil:
		return p, png.FormatError("no header before the pixels")
	case len(p.palette) > 768:
		return p, png.FormatError(fmt.Sprintf("a palette of %d bytes, expected at most 768", len(p.palette)))
	}
	// The size that was checked is the first header's; another may claim any.
	w, h, err := pngSize(data)
	if err != nil {
		return p, err
	}
	if pw, ph := p.size(); pw != w || ph != h {
		return p, png.FormatError(fmt.Sprintf("two headers, of %d x %d and %d x %d pixels", w, h, pw, ph))
	}
	for ended := false; ; {
		kind, body, after, err := pngChunk(rest)
		switch {
		case kind == "IDAT" && !ended:
			p.pixels = append(p.pixels, body...) // also if it is cut: all pixels may be there
		case kind == "" || kind == "IEND" || !isChunk(kind):
			return p, nil
		case err != nil:
			return p, err
		default:
			ended = true
		}
		if len(after) < 4 {
			return p, nil
		}
		rest = after[4:]
	}
}

// Of IHDR, and values of the colour type.
const (
	pngDepth, pngColour, pngCompression, pngFilters, pngInterlace = 8, 9, 10, 11, 12

	pngGrey, pngRGB, pngPalette = 0, 2, 3
)

// pngTransparency is the least length of tRNS by colour type.
var pngTransparency = map[byte]int{pngGrey: 2, pngRGB: 6}

// pngSize reads IHDR, which should be the first chunk, but Pillow finds it behind others.
func pngSize(data []byte) (w, h int, err error) {
	for rest := data[len(pngMagic):]; ; {
		kind, head, after, err := pngChunk(rest)
		switch {
		case err != nil:
			return 0, 0, err
		case !pngSum(kind, head, after):
			return 0, 0, png.FormatError("wrong checksum of chunk " + strconv.Quote(kind))
		case kind == "IHDR" && len(head) >= 13:
			return int(binary.BigEndian.Uint32(head)), int(binary.BigEndian.Uint32(head[4:])), nil
		}
		rest = after[4:]
	}
}

// pngChunk splits a chunk from data; its checksum is left in rest.
func pngChunk(data []byte) (kind string, body, rest []byte, err error) {
	if len(data) < 8 {
		return "", nil, nil, io.ErrUnexpectedEOF
	}
	n, kind := uint64(binary.BigEndian.Uint32(data)), string(data[4:8])
	data = data[8:]
	if n > uint64(len(data)) {
		return kind, data, nil, io.ErrUnexpectedEOF
	}
	return kind, data[:n], data[n:], nil
}

func pngSum(kind string, body, rest []byte) bool {
	sum := crc32.Update(crc32.ChecksumIEEE([]byte(kind)), crc32.IEEETable, body)
	return len(rest) >= 4 && binary.BigEndian.Uint32(rest) == sum
}

// isChunk reports whether kind can be one: letters, digits and "_", as Pillow has it.
func isChunk(kind string) bool {
	for _, c := range []byte(kind) {
		if !(c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

func appendChunk(b []byte, kind string, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	at := len(b)
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
}

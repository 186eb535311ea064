package rgb

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"image/png"
	"io"
	"slices"
	"strconv"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// readPNG reads with Go's decoder, and what that refuses once more as Pillow does, which
// looks at less of a file.
func readPNG(data []byte) (m *Image, damage, err error) {
	m, refused := by(png.Decode)(data)
	if refused == nil {
		return m, nil, nil
	}
	p, err := parsePNG(data)
	if err != nil {
		return nil, nil, err
	}
	// The size that was checked is the first header's; another may claim any.
	w, h, err := pngSize(data)
	if err != nil {
		return nil, nil, err
	}
	if pw, ph := p.size(); pw != w || ph != h {
		return nil, nil, png.FormatError(fmt.Sprintf("two headers, of %d x %d and %d x %d pixels", w, h, pw, ph))
	}
	n, err := p.check()
	if err != nil {
		return nil, nil, err
	}
	if p.head[pngColour] == pngPalette && len(p.palette) < 3 {
		refused = errors.New("png: no palette: every pixel is black")
	}
	// The repaired file is never whole in memory.
	file, to := io.Pipe()
	defer file.Close()
	go func() { to.CloseWithError(p.repair(to, n)) }()
	sound, err := png.Decode(file)
	if err != nil {
		return nil, nil, err
	}
	return FromImage(sound), refused, nil
}

// deflateRatio is how many bytes one of a deflate stream can stand for, at most.
const deflateRatio = 1032

// pngClaim compares the size in the header with the bytes of pixels. A file that ends before
// them is cut off.
func pngClaim(data []byte) error {
	p, held, some := pngFile{}, int64(0), false
	for rest := data[len(pngMagic):]; ; {
		kind, body, after, err := pngChunk(rest)
		switch {
		case kind == "IHDR" && len(body) >= 13 && p.head == nil:
			p.head = body
		case kind == "IDAT":
			some, held = true, held+int64(len(body))
		}
		if err == nil && len(after) >= 4 {
			rest = after[4:]
			continue
		}
		switch {
		case p.head == nil:
			return nil // which the decoder says
		case !some:
			return io.ErrUnexpectedEOF
		}
		return p.canHold(held)
	}
}

// canHold returns an error if that many bytes of a deflate stream cannot hold the rows.
func (p pngFile) canHold(held int64) error {
	if _, n, err := p.passes(); err == nil && n > deflateRatio*held {
		w, h := p.size()
		return fmt.Errorf("%d x %d pixels in %d bytes, which cannot hold them", w, h, held)
	}
	return nil
}

// pngFile is what Pillow takes from a PNG file.
type pngFile struct {
	head    []byte // the contents of IHDR
	palette []byte // of PLTE
	pixels  []byte // of the first run of IDAT chunks: a zlib stream
}

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

// size returns the size in the header.
func (p pngFile) size() (w, h int) {
	return int(binary.BigEndian.Uint32(p.head)), int(binary.BigEndian.Uint32(p.head[4:]))
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
	pngDepth, pngColour, pngCompression, pngInterlace = 8, 9, 10, 12

	pngGrey, pngRGB, pngPalette = 0, 2, 3
)

// pngTransparency is the least length of tRNS by colour type.
var pngTransparency = map[byte]int{pngGrey: 2, pngRGB: 6}

// repair writes a sound file with the same pixels, of which n bytes of rows are in p.
func (p pngFile) repair(to io.Writer, n int64) error {
	_, all, err := p.passes()
	if err != nil {
		return err
	}
	b := appendChunk([]byte(pngMagic), "IHDR", p.head)
	if p.head[pngColour] == pngPalette {
		b = appendChunk(b, "PLTE", p.colours())
	}
	if _, err := to.Write(b); err != nil {
		return err
	}
	stream, err := p.stream()
	if err != nil {
		return err
	}
	z, err := zlib.NewWriterLevel(idatWriter{to}, zlib.NoCompression)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(z, stream, n); err != nil {
		return err
	}
	if _, err := io.CopyN(z, zeros{}, all-n); err != nil { // rows that are missing are black
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err = to.Write(appendChunk(nil, "IEND", nil))
	return err
}

// idatWriter writes each piece as an IDAT chunk.
type idatWriter struct{ to io.Writer }

func (w idatWriter) Write(b []byte) (int, error) {
	if _, err := w.to.Write(appendChunk(nil, "IDAT", b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// colours returns the palette, at most as long as an index can be; without one all is black.
func (p pngFile) colours() []byte {
	most := 1 << min(p.head[pngDepth], 8)
	if len(p.palette) < 3 {
		return make([]byte, 3*most)
	}
	return p.palette[:3*min(len(p.palette)/3, most)]
}

// stream returns the bytes of the filtered rows.
func (p pngFile) stream() (io.Reader, error) {
	if len(p.pixels) < 2 {
		return nil, io.ErrUnexpectedEOF
	}
	if z := binary.BigEndian.Uint16(p.pixels); z>>8&0xf != 8 || z&0x20 != 0 || z%31 != 0 {
		return nil, png.FormatError("pixels of no zlib stream")
	}
	return flate.NewReader(bytes.NewReader(p.pixels[2:])), nil
}

// check inflates the filtered rows, as many as the image has, and returns their bytes: what
// follows is passed over. A stream may end soundly after a whole row.
func (p pngFile) check() (n int64, err error) {
	passes, all, err := p.passes()
	if err != nil {
		return 0, err
	}
	if _, err := p.stream(); err != nil {
		return 0, err
	}
	source := bytes.NewReader(p.pixels[2:])
	stream := flate.NewReader(source)
	sum := adler32.New()
	n, err = io.Copy(sum, io.LimitReader(stream, all))
	ended := false
	if err == nil {
		var more [1]byte
		_, err = io.ReadFull(stream, more[:])
		if ended = err == io.EOF; ended {
			err = checkAdler(sum.Sum32(), source)
		}
	}
	switch {
	case n == all && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)):
		return n, nil
	case err != nil:
		return 0, err
	case ended && wholeRows(passes, n):
		return n, nil
	}
	return 0, io.ErrUnexpectedEOF
}

// checkAdler compares the checksum behind a stream with that of what it held.
func checkAdler(is uint32, behind io.Reader) error {
	var sum [4]byte
	if _, err := io.ReadFull(behind, sum[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if binary.BigEndian.Uint32(sum[:]) != is {
		return png.FormatError("wrong checksum of the pixels")
	}
	return nil
}

// pngPass is one pass over an image: rows of size filtered bytes.
type pngPass struct{ rows, size int64 }

// passes returns the passes, one unless the image is interlaced, and their bytes in all.
func (p pngFile) passes() (passes []pngPass, n int64, err error) {
	samples, known := map[byte]int64{pngGrey: 1, pngRGB: 3, pngPalette: 1, 4: 2, 6: 4}[p.head[pngColour]]
	if !known {
		return nil, 0, png.FormatError("unknown colour type")
	}
	if d := p.head[pngDepth]; !slices.Contains([]byte{1, 2, 4, 8, 16}, d) {
		return nil, 0, png.FormatError(fmt.Sprintf("bit depth %d", d))
	}
	w, h := int64(binary.BigEndian.Uint32(p.head)), int64(binary.BigEndian.Uint32(p.head[4:]))
	grids := [][4]int64{{0, 0, 1, 1}} // x, y of the first pixel, and the steps
	if p.head[pngInterlace] != 0 {    // Adam7
		grids = [][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
	}
	for _, g := range grids {
		across, down := (w-g[0]+g[2]-1)/g[2], (h-g[1]+g[3]-1)/g[3]
		if across > 0 && down > 0 {
			pass := pngPass{down, 1 + (across*samples*int64(p.head[pngDepth])+7)/8}
			passes = append(passes, pass)
			n += pass.rows * pass.size
		}
	}
	return passes, n, nil
}

// wholeRows reports whether n bytes are one or more rows.
func wholeRows(passes []pngPass, n int64) bool {
	if n == 0 {
		return false
	}
	for _, p := range passes {
		if n <= p.rows*p.size {
			return n%p.size == 0
		}
		n -= p.rows * p.size
	}
	return false
}

func appendChunk(b []byte, kind string, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	at := len(b)
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
}

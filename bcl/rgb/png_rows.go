package rgb

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"image/png"
	"io"
	"slices"
)

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

// check inflates the filtered rows, as many as the image has, into a writer and returns
// their bytes: what follows is passed over. A stream may end soundly after a whole row.
func (p pngFile) check(to io.Writer) (n int64, err error) {
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
	n, err = io.Copy(io.MultiWriter(sum, to), io.LimitReader(stream, all))
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
type pngPass struct {
	rows, size        int64
	x, y, right, down int // its first pixel, and the steps to the next and the next row
}

// pngSamples is how many a pixel has by colour type.
var pngSamples = map[byte]int64{pngGrey: 1, pngRGB: 3, pngPalette: 1, 4: 2, 6: 4}

// passes returns the passes, one unless the image is interlaced, and their bytes in all.
func (p pngFile) passes() (passes []pngPass, n int64, err error) {
	samples, known := pngSamples[p.head[pngColour]]
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
			pass := pngPass{down, 1 + (across*samples*int64(p.head[pngDepth])+7)/8, int(g[0]), int(g[1]), int(g[2]), int(g[3])}
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

package rgb

import (
	"fmt"
	"image/png"
	"io"
	"strconv"
)

// isWide reports an image that Go's decoder would hold in many more bytes than its pixels
// have here: 16-bit samples take 8 for each, and interlaced images are in memory twice.
func isWide(data []byte) bool {
	kind, head, _, err := pngChunk(data[len(pngMagic):])
	if err != nil || kind != "IHDR" || len(head) != 13 || head[pngFilters] != 0 || head[pngInterlace] > 1 {
		return false
	}
	deep := head[pngDepth] == 16 && head[pngColour] != pngPalette
	small := head[pngDepth] == 8 || head[pngColour] == pngGrey || head[pngColour] == pngPalette && head[pngDepth] < 8
	return deep || small && head[pngInterlace] == 1
}

// readWide reads such an image row by row, with no more memory than for its pixels.
func readWide(data []byte) (m *Image, damage, err error) {
	p, err := parsePNG(data)
	if err != nil {
		return nil, nil, err
	}
	if !isWide(append([]byte(pngMagic), appendChunk(nil, "IHDR", p.head)...)) {
		return nil, nil, png.FormatError("two headers, of which one is of another kind")
	}
	passes, all, err := p.passes()
	if err != nil {
		return nil, nil, err
	}
	w, h := p.size()
	rows := &rowWriter{p: p, passes: passes, m: New(w, h)}
	n, err := p.check(rows)
	if err != nil {
		return nil, nil, err
	}
	if _, err := io.CopyN(rows, zeros{}, all-n); err != nil { // rows that are missing are black
		return nil, nil, err
	}
	switch damage = pngDamage(data); {
	case p.black():
		damage = errBlack
	case damage == nil && n < all:
		damage = png.FormatError("not enough pixel data")
	}
	return rows.m, damage, nil
}

// pngDamage returns what is wrong with the chunks up to IEND.
func pngDamage(data []byte) error {
	for rest := data[len(pngMagic):]; ; {
		kind, body, after, err := pngChunk(rest)
		switch {
		case err != nil:
			return err
		case !pngSum(kind, body, after):
			return png.FormatError("wrong checksum of chunk " + strconv.Quote(kind))
		case kind == "IEND":
			return nil
		}
		rest = after[4:]
	}
}

// rowWriter makes pixels of filtered rows that are written to it.
type rowWriter struct {
	p      pngFile
	passes []pngPass
	m      *Image
	y      int    // of the row in its pass, the first of passes
	row    []byte // the filter and the bytes so far
	above  []byte // the row before without its filter; zeros at first
}

func (w *rowWriter) Write(b []byte) (int, error) {
	all := len(b)
	for len(b) > 0 {
		pass := w.passes[0]
		if w.row == nil {
			w.row, w.above = make([]byte, 0, pass.size), make([]byte, pass.size-1)
		}
		n := copy(w.row[len(w.row):pass.size], b)
		w.row, b = w.row[:len(w.row)+n], b[n:]
		if len(w.row) < int(pass.size) {
			continue
		}
		if err := w.unfilter(); err != nil {
			return 0, err
		}
		w.place(pass)
		copy(w.above, w.row[1:])
		w.row = w.row[:0]
		if w.y++; w.y == int(pass.rows) {
			w.passes, w.y, w.row = w.passes[1:], 0, nil
		}
	}
	return all, nil
}

// unfilter undoes a row's filter, which predicts bytes by those of the pixels to the left,
// above, and above to the left (PNG specification, 9).
func (w *rowWriter) unfilter() error {
	row, above, back := w.row[1:], w.above, w.p.pixelBytes()
	for i := range row {
		var left, corner byte
		if i >= back {
			left, corner = row[i-back], above[i-back]
		}
		switch w.row[0] {
		case 0:
		case 1:
			row[i] += left
		case 2:
			row[i] += above[i]
		case 3:
			row[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			row[i] += paeth(left, above[i], corner)
		default:
			return png.FormatError(fmt.Sprintf("filter %d, expected 0 to 4", w.row[0]))
		}
	}
	return nil
}

// paeth is the one of three bytes that is nearest to left + above - corner.
func paeth(left, above, corner byte) byte {
	abs := func(v int) int { return max(v, -v) }
	p := int(left) + int(above) - int(corner)
	a, b, c := abs(p-int(left)), abs(p-int(above)), abs(p-int(corner))
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return above
	}
	return corner
}

// place writes the pixels of a row to where its pass has them.
func (w *rowWriter) place(pass pngPass) {
	row, depth, size := w.row[1:], int(w.p.head[pngDepth]), w.p.pixelBytes()
	y := pass.y + w.y*pass.down
	for i, x := 0, pass.x; x < w.m.W; i, x = i+1, x+pass.right {
		dst := w.m.Pix[3*(y*w.m.W+x):][:3]
		if depth < 8 {
			most := byte(1)<<depth - 1
			v := row[i*depth/8] >> (8 - depth - i*depth%8) & most
			if w.p.head[pngColour] == pngGrey {
				v *= 255 / most
			}
			w.colour(dst, v)
			continue
		}
		at, next := row[i*size:], depth/8 // of 16 bits the first byte is the high one
		if w.p.head[pngColour]&pngRGB == 0 || w.p.head[pngColour] == pngPalette {
			w.colour(dst, at[0])
			continue
		}
		dst[0], dst[1], dst[2] = at[0], at[next], at[2*next]
	}
}

// colour writes a pixel of one value: grey, or an index of the palette, beyond which is
// black.
func (w *rowWriter) colour(dst []byte, v byte) {
	if w.p.head[pngColour] != pngPalette {
		dst[0], dst[1], dst[2] = v, v, v
		return
	}
	if at := 3 * int(v); at+3 <= len(w.p.palette) {
		copy(dst, w.p.palette[at:at+3])
	}
}

// pixelBytes are the bytes of a pixel, at least one.
func (p pngFile) pixelBytes() int {
	return max(1, int(pngSamples[p.head[pngColour]])*int(p.head[pngDepth])/8)
}

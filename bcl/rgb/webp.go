package rgb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/webp"
)

var errAnimated = errors.New("an animated WebP image, expected a still: convert it")

// readWebP reads a still. Lossless ones are exact. Of lossy ones the planes are; chroma and
// colours are libwebp's, as Pillow has them.
func readWebP(data []byte) (*Image, error) {
	if len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0 {
		return nil, errAnimated
	}
	data, err := riff(data)
	if err != nil {
		return nil, err
	}
	m, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.YCbCr:
		return fromWebP(m), nil
	case *image.NYCbCrA:
		return fromWebP(&m.YCbCr), nil
	}
	return FromImage(m), nil
}

// riff returns the part of a file that its header says it has, in which all chunks are
// whole, as libwebp wants them: Go's decoder looks at no more of a file than it needs.
func riff(data []byte) ([]byte, error) {
	if len(data) < 16 {
		return nil, io.ErrUnexpectedEOF
	}
	if first := string(data[12:16]); first != "VP8 " && first != "VP8L" && first != "VP8X" {
		return nil, fmt.Errorf("webp: the first chunk is %q, expected VP8, VP8L or VP8X", first)
	}
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > uint64(len(data)) {
		return nil, io.ErrUnexpectedEOF
	}
	for rest := data[min(12, size):size]; len(rest) > 0; {
		if len(rest) < 8 {
			return nil, errors.New("webp: a chunk is cut")
		}
		n := uint64(binary.LittleEndian.Uint32(rest[4:]))
		if n += n & 1; n > uint64(len(rest)-8) {
			return nil, errors.New("webp: a chunk is cut")
		}
		rest = rest[8+n:]
	}
	return data[:size], nil
}

// fromWebP converts 4:2:0 planes as libwebp does ("fancy upsampling").
func fromWebP(m *image.YCbCr) *Image {
	dst := New(m.Rect.Dx(), m.Rect.Dy())
	cb, cr := make([]int, dst.W), make([]int, dst.W)
	i := 0
	for y := range dst.H {
		webpChroma(cb, m.Cb, m.CStride, y, dst.H)
		webpChroma(cr, m.Cr, m.CStride, y, dst.H)
		for x, yy := range m.Y[y*m.YStride:][:dst.W] {
			webpPixel(dst.Pix[i:i+3], int(yy), cb[x], cr[x])
			i += 3
		}
	}
	return dst
}

// webpChroma fills line with row y of h: each value is 9/16 of its own sample, 3/16 of the
// next in its row and in its column, and 1/16 of that across, rounded in two steps.
func webpChroma(line []int, pix []uint8, stride, y, h int) {
	near, far := between(pix, stride, y, h)
	w := len(line)
	at := func(row []uint8, i int) int { return int(row[i]) }
	for x := range line {
		i := x / 2
		j := i - 1
		if x%2 == 1 {
			j = i + 1
		}
		if j < 0 || j >= (w+1)/2 { // the edges have no next column
			line[x] = (3*at(near, i) + at(far, i) + 2) >> 2
			continue
		}
		own, beside, below, across := at(near, i), at(near, j), at(far, i), at(far, j)
		line[x] = ((own+3*beside+3*below+across+8)>>3 + own) >> 1
	}
}

// webpPixel is libwebp's conversion: 14-bit fixed point of the narrow range of video.
func webpPixel(dst []uint8, y, cb, cr int) {
	scaled := func(v, by int) int { return v * by >> 8 }
	luma := scaled(y, 19077)
	dst[0] = clamp((luma + scaled(cr, 26149) - 14234) >> 6)
	dst[1] = clamp((luma - scaled(cb, 6419) - scaled(cr, 13320) + 8708) >> 6)
	dst[2] = clamp((luma + scaled(cb, 33050) - 17685) >> 6)
}

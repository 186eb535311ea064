package rgb

import (
	"encoding/binary"
	"io"
)

// bmpClaim compares the size in the header with the bytes of pixels, which are not compressed
// in what is read.
func bmpClaim(data []byte) error {
	if len(data) < 30 {
		return nil // which the decoder says
	}
	field := func(at int) int64 { return int64(int32(binary.LittleEndian.Uint32(data[at:]))) }
	offset, w, h := field(10), field(18), field(22)
	h = max(h, -h) // negative: from the top
	row := (w*int64(binary.LittleEndian.Uint16(data[28:])) + 31) / 32 * 4
	if w > 0 && h > 0 && row > (int64(len(data))-offset)/h {
		return io.ErrUnexpectedEOF
	}
	return nil
}

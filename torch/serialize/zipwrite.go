package serialize

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/fnv"
	"io"
	"math"
	"strings"
)

// alignment is how PyTorch aligns the contents of records, so that they can be
// memory-mapped and used in place.
const alignment = 64

// Signatures and constants of the zip format (PKWARE's APPNOTE.TXT).
const (
	sigLocal      = 0x04034b50
	sigDescriptor = 0x08074b50
	sigCentral    = 0x02014b50
	sigEnd64      = 0x06064b50
	sigLocator64  = 0x07064b50
	sigEnd        = 0x06054b50
	localSize     = 30
	flagStreamed  = 0x0008 // sizes and checksum follow the contents
	flagUTF8      = 0x0800
	versionMadeBy = 0x031e // as miniz, which PyTorch uses, writes it
	version64     = 45
)

// entry is a record that has been written.
type entry struct {
	name         string
	offset, size uint64
	crc          uint32
	flags        uint16
}

// zipWriter writes a zip file as PyTorch's own writer does, byte for byte:
// nothing is compressed, contents are aligned, and their sizes and checksums
// follow them, so that the file can be written in one pass.
type zipWriter struct {
	w       io.Writer
	n       uint64 // bytes written
	entries []entry
	err     error
	sum     hash.Hash // of what is written; nil for a file without a seal
}

func (z *zipWriter) Write(p []byte) (int, error) {
	if z.err != nil {
		return 0, z.err
	}
	var k int
	k, z.err = z.w.Write(p)
	z.n += uint64(k)
	if z.sum != nil {
		z.sum.Write(p[:k])
	}
	return k, z.err
}

// little appends numbers with the widths of their types.
func little(b []byte, fields ...any) []byte {
	for _, f := range fields {
		b, _ = binary.Append(b, binary.LittleEndian, f) // fails only for types without a size
	}
	return b
}

// clip returns a number for a 32-bit field; numbers that do not fit are in an extra field
// of 64 bits.
func clip(v uint64) uint32 { return uint32(min(v, math.MaxUint32)) }

// extra64 is the extra field for numbers that do not fit, or nothing. In the header
// before the contents miniz writes their size but leaves the compressed one at 0, as we
// do.
func extra64(size, packed, offset uint64) []byte {
	var values []any
	if size >= math.MaxUint32 {
		values = append(values, size, packed)
	}
	if offset >= math.MaxUint32 {
		values = append(values, offset)
	}
	if values == nil {
		return nil
	}
	return append(little(nil, uint16(1), uint16(8*len(values))), little(nil, values...)...)
}

// record writes a record of size bytes, which write must produce.
func (z *zipWriter) record(name string, size uint64, write func(io.Writer) error) error {
	if len(name) > 1<<10 {
		return fmt.Errorf("the record name %.80q is too long", name)
	}
	e := entry{name: name, offset: z.n, size: size, flags: flagUTF8 | flagStreamed}
	if size == 0 {
		e.flags = flagUTF8
	}
	big := extra64(size, 0, e.offset)
	// A field "FB" of Zs, as in PyTorch, aligns the contents.
	start := z.n + localSize + uint64(len(name)) + uint64(len(big)) + 4
	pad := int((alignment - start%alignment) % alignment)
	head := little(nil, uint32(sigLocal), uint16(0), e.flags, uint16(0), uint32(0), uint32(0), uint32(0), uint32(0),
		uint16(len(name)), uint16(len(big)+4+pad))
	head = append(append(head, name...), big...)
	head = append(little(append(head, "FB"...), uint16(pad)), strings.Repeat("Z", pad)...)
	z.Write(head)

	body := &counter{w: z}
	if err := write(body); err != nil {
		return err
	}
	if z.err != nil {
		return z.err
	}
	if body.n != size {
		return fmt.Errorf("the record %s was written with %d bytes, expected %d", name, body.n, size)
	}
	e.crc = body.crc
	if size > 0 {
		tail := little(nil, uint32(sigDescriptor), e.crc)
		if big != nil {
			tail = little(tail, size, size)
		} else {
			tail = little(tail, uint32(size), uint32(size))
		}
		z.Write(tail)
	}
	z.entries = append(z.entries, e)
	return z.err
}

// text writes a record of text.
func (z *zipWriter) text(name, text string) error {
	return z.record(name, uint64(len(text)), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// id returns 40 digits made of the names and checksums of the records, by which PyTorch
// distinguishes files in its logs.
func (z *zipWriter) id() string {
	names, sums := fnv.New64a(), fnv.New64a()
	for _, e := range z.entries {
		io.WriteString(names, e.name)
		sums.Write(little(nil, e.crc))
	}
	return fmt.Sprintf("%020d%020d", names.Sum64(), sums.Sum64())
}

// finish writes the table of contents. PyTorch always writes the 64-bit end.
func (z *zipWriter) finish() error {
	start := z.n
	for _, e := range z.entries {
		extra := extra64(e.size, e.size, e.offset)
		b := little(nil, uint32(sigCentral), uint16(0), uint16(0), e.flags, uint16(0), uint32(0), e.crc,
			clip(e.size), clip(e.size), uint16(len(e.name)), uint16(len(extra)), uint16(0), uint16(0), uint16(0), uint32(0), clip(e.offset))
		z.Write(append(append(b, e.name...), extra...))
	}
	end, count := z.n, uint64(len(z.entries))
	z.Write(little(nil, uint32(sigEnd64), uint64(44), uint16(versionMadeBy), uint16(version64), uint32(0), uint32(0), count, count, end-start, start))
	z.Write(little(nil, uint32(sigLocator64), uint32(0), end, uint32(1)))
	few := uint16(min(count, math.MaxUint16))
	z.Write(little(nil, uint32(sigEnd), uint16(0), uint16(0), few, few, clip(end-start), clip(start), uint16(z.sealSize())))
	if z.sum != nil {
		io.WriteString(z, seal(z.sum))
	}
	return z.err
}

// counter counts and hashes what is written through it.
type counter struct {
	w   io.Writer
	n   uint64
	crc uint32
}

func (c *counter) Write(p []byte) (int, error) {
	k, err := c.w.Write(p)
	c.n += uint64(k)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p[:k])
	return k, err
}

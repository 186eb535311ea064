package serialize

import (
	"fmt"
	"hash/crc32"
	"io"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// stored is a byte range of an open file.
type stored struct {
	r      io.ReaderAt
	what   string // names the file and the record, for errors
	offset int64
	size   int64
	crc    uint32
	check  bool // whether crc is known
	big    bool // elements are big-endian

	verified bool // by writePart
}

// readInto reads all of the bytes.
func (s *stored) readInto(dst []byte, elem int) error {
	if int64(len(dst)) != s.size {
		return fmt.Errorf("%s: %d bytes, expected %d", s.what, s.size, len(dst))
	}
	if _, err := io.ReadFull(io.NewSectionReader(s.r, s.offset, s.size), dst); err != nil {
		return fmt.Errorf("%s: %w", s.what, infile.Unexpected(err))
	}
	if err := s.verify(crc32.ChecksumIEEE(dst)); err != nil {
		return err
	}
	if s.big {
		npy.Swap(dst, elem)
	}
	return nil
}

// writeTo copies the bytes in steps. A wrong checksum is only noticed at the end.
func (s *stored) writeTo(w io.Writer, elem int) error {
	sum := crc32.NewIEEE()
	if err := s.copy(w, 0, s.size, elem, sum); err != nil {
		return err
	}
	return s.verify(sum.Sum32())
}

// writePart copies n of the bytes, starting at a given one. The first call verifies the
// checksum of all of them.
func (s *stored) writePart(w io.Writer, from, n int64, elem int) error {
	if s.check && !s.verified {
		if err := s.writeTo(io.Discard, 1); err != nil {
			return err
		}
		s.verified = true
	}
	return s.copy(w, from, n, elem, io.Discard)
}

// copy copies n bytes in steps; sum gets them as they are in the file.
func (s *stored) copy(w io.Writer, from, n int64, elem int, sum io.Writer) error {
	buf := make([]byte, min(n, 1<<18))
	for end := from + n; from < end; {
		part := buf[:min(end-from, int64(len(buf)))]
		if _, err := io.ReadFull(io.NewSectionReader(s.r, s.offset+from, int64(len(part))), part); err != nil {
			return fmt.Errorf("%s: %w", s.what, infile.Unexpected(err))
		}
		from += int64(len(part))
		sum.Write(part)
		if s.big {
			npy.Swap(part, elem) // steps hold whole elements
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *stored) verify(sum uint32) error {
	if s.check && sum != s.crc {
		hint := ""
		if s.crc == 0 {
			hint = "; was it saved with torch.serialization.set_crc32_options(False)? Then Options.IgnoreCRC reads it"
		}
		return fmt.Errorf("%s: the checksum of the contents is %08x, expected %08x%s", s.what, sum, s.crc, hint)
	}
	return nil
}

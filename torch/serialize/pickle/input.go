package pickle

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
)

// input counts the bytes that are read and never trusts a length. A failure ends
// [Decoder.Decode].
type input struct {
	r    *bufio.Reader
	n    int64 // bytes read
	max  int64
	have int64 // total bytes known to exist, or -1
}

func (in *input) byte() byte {
	if in.n >= in.max {
		panic(failure("the pickle has more than %d bytes", in.max))
	}
	b, err := in.r.ReadByte()
	ensure(infile.Unexpected(err))
	in.n++
	return b
}

// bytes reads n bytes into new memory, in growing steps unless they are known to exist.
func (in *input) bytes(n uint64) []byte {
	if n > uint64(in.max-in.n) {
		panic(failure("a length of %d bytes, but the pickle may have only %d more", n, in.max-in.n))
	}
	if in.have >= 0 && n > uint64(in.have-in.n) {
		panic(failure("a length of %d bytes, but %d are left: %w", n, in.have-in.n, io.ErrUnexpectedEOF))
	}
	const step = 1 << 16
	first := n
	if in.have < 0 {
		first = min(n, step)
	}
	b := make([]byte, first)
	for done := uint64(0); ; {
		k, err := io.ReadFull(in.r, b[done:])
		in.n += int64(k)
		ensure(infile.Unexpected(err))
		if done = uint64(len(b)); done == n {
			return b
		}
		b = append(b, make([]byte, min(n-done, done))...)
	}
}

// line reads a line of the text protocol, without its newline.
func (in *input) line() string {
	var line []byte
	for {
		part, err := in.r.ReadSlice('\n')
		in.n += int64(len(part))
		if in.n > in.max {
			panic(failure("the pickle has more than %d bytes", in.max))
		}
		line = append(line, part...)
		if err == nil {
			return string(line[:len(line)-1])
		}
		if err != bufio.ErrBufferFull {
			ensure(infile.Unexpected(err))
		}
	}
}

// uint reads a little-endian number of 1 to 8 bytes.
func (in *input) uint(size int) uint64 {
	var buf [8]byte
	for i := range size {
		buf[i] = in.byte()
	}
	return binary.LittleEndian.Uint64(buf[:])
}

package pickle

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// input counts the bytes that are read and never trusts a length.
type input struct {
	r    *bufio.Reader
	n    int64 // bytes read
	max  int64
	have int64 // bytes known to be there in all, or -1
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (in *input) byte() (byte, error) {
	if in.n >= in.max {
		return 0, fmt.Errorf("the pickle has more than %d bytes", in.max)
	}
	b, err := in.r.ReadByte()
	if err != nil {
		return 0, unexpected(err)
	}
	in.n++
	return b, nil
}

// bytes reads n bytes into new memory, in growing steps unless they are known
// to be there.
func (in *input) bytes(n uint64) ([]byte, error) {
	if n > uint64(in.max-in.n) {
		return nil, fmt.Errorf("a length of %d bytes, but the pickle may have only %d more", n, in.max-in.n)
	}
	if in.have >= 0 && n > uint64(in.have-in.n) {
		return nil, fmt.Errorf("a length of %d bytes, but %d are left: %w", n, in.have-in.n, io.ErrUnexpectedEOF)
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
		if err != nil {
			return nil, unexpected(err)
		}
		if done = uint64(len(b)); done == n {
			return b, nil
		}
		b = append(b, make([]byte, min(n-done, done))...)
	}
}

// line reads a line of the text protocol, without its newline.
func (in *input) line() (string, error) {
	var line []byte
	for {
		part, err := in.r.ReadSlice('\n')
		in.n += int64(len(part))
		if in.n > in.max {
			return "", fmt.Errorf("the pickle has more than %d bytes", in.max)
		}
		line = append(line, part...)
		switch err {
		case nil:
			return string(line[:len(line)-1]), nil
		case bufio.ErrBufferFull:
		default:
			return "", unexpected(err)
		}
	}
}

// uint reads a little-endian number of 1 to 8 bytes.
func (in *input) uint(size int) (uint64, error) {
	var buf [8]byte
	for i := range size {
		b, err := in.byte()
		if err != nil {
			return 0, err
		}
		buf[i] = b
	}
	return binary.LittleEndian.Uint64(buf[:]), nil
}

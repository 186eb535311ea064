package serialize

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Expansion is how many times the bytes of the file, and 16 MB, its tensors may take when
// each is written out under each of its names. Views that share or repeat their elements
// make the sum larger than the file; a file that is far beyond is made to fill memories
// and disks. With Options.SkipUnknown views that repeat their elements are left out first.
const Expansion = 16

// bound reports a tree whose tensors are too much for a file of some bytes.
func (f *File) bound(size int64) error {
	total := pickle.Total(f.Tree, func(v any) float64 {
		if t, ok := v.(*Tensor); ok {
			return float64(t.Len()) * float64(t.DType.Size())
		}
		return 0
	})
	if limit := float64(Expansion*size + 16<<20); total > limit {
		return fmt.Errorf("%s: the tensors, written out, take %.3g bytes, more than %d times the %d bytes of the file and 16 MB", f.name, total, Expansion, size)
	}
	return f.paths(size)
}

// IsTar reports the header of a tar file with the right checksum. PyTorch takes a file
// that is a tar and a pickle for a tar.
func IsTar(b []byte) bool {
	if len(b) < 512 {
		return false
	}
	sum, signed := 0, 0
	for i, c := range b[:512] {
		if 148 <= i && i < 156 { // the checksum itself counts as spaces
			c = ' '
		}
		sum, signed = sum+int(c), signed+int(int8(c))
	}
	n := tarNumber(b[148:156])
	return n == sum || n == signed
}

// tarNumber reads a number as tar files have it: octal text, or, after a first byte of
// 0x80, big-endian.
func tarNumber(b []byte) int {
	n := 0
	if b[0] == 0x80 {
		for _, c := range b[len(b)-4:] {
			n = n<<8 | int(c)
		}
		return n
	}
	for _, c := range b {
		switch {
		case '0' <= c && c <= '7':
			n = 8*n + int(c-'0')
		case c == 0:
			return n
		case c != ' ':
			return -1
		}
	}
	return n
}

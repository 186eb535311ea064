package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"sync"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Sums are checksums (CRC-32C) in index.json. Files that are small are checked when an index is
// opened; of the vectors, which may be many gigabytes, each block when it is first compared
// with, which costs a tenth of the reading, or all by [Index.Verify].
type Sums struct {
	Vectors []byte `json:"vectors"` // 4 bytes, little-endian, for each [sumRows] rows
	IDs     uint32 `json:"ids"`
	Lists   uint32 `json:"lists"` // of centroids and starts; 0 without lists
	Items   uint32 `json:"items"`
}

// sumRows is how many rows have a checksum.
const sumRows = 256

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// with returns the sums of more rows after the first n. data are whole rows of a width.
func (s Sums) with(n, width int, data []byte) Sums {
	rows := len(data) / 4 / width
	for at := 0; at < rows; {
		block := (n + at) / sumRows
		end := min(rows, (block+1)*sumRows-n)
		before := uint32(0)
		if 4*block < len(s.Vectors) { // the block goes on
			before = binary.LittleEndian.Uint32(s.Vectors[4*block:])
			s.Vectors = s.Vectors[: 4*block : 4*block]
		}
		s.Vectors = binary.LittleEndian.AppendUint32(s.Vectors, crc32.Update(before, castagnoli, data[4*width*at:4*width*end]))
		at = end
	}
	return s
}

func sumOfIntegers(v []int64) uint32 {
	data, _ := binary.Append(nil, binary.LittleEndian, v)
	return crc32.Checksum(data, castagnoli)
}

func sumOfItems(items []Item) uint32 {
	sum := crc32.New(castagnoli)
	for _, i := range items {
		fmt.Fprintf(sum, "%q %q\n", i.Name, i.Class)
	}
	return sum.Sum32()
}

// checked are the blocks of vectors whose checksums were right.
type checked struct {
	mu sync.Mutex
	ok []bool // by block
}

// sumOfLists is the checksum of the centroids and starts as they are on disk.
func (x *Index) sumOfLists() (uint32, error) {
	if x.Lists == 0 {
		return 0, nil
	}
	a, err := npy.ReadFile(x.path(centresFile))
	if err != nil {
		return 0, err
	}
	return crc32.Update(sumOfIntegers(x.starts), castagnoli, a.Data), nil
}

// checkSmall checks all but the vectors.
func (x *Index) checkSmall() error {
	lists, err := x.sumOfLists()
	if err != nil {
		return err
	}
	for _, c := range []struct {
		file      string
		sum, want uint32
	}{
		{idsFile, sumOfIntegers(x.ids), x.Sums.IDs}, {centresFile + " or " + startsFile, lists, x.Sums.Lists},
		{run.SamplesFile, sumOfItems(x.Items), x.Sums.Items},
	} {
		if c.sum != c.want {
			return fmt.Errorf("%s: its checksum is not that of %s: the file was changed or is damaged; build the index again", quote.Name(x.path(c.file)), InfoFile)
		}
	}
	for i, row := range x.removed {
		if row < 0 || row >= int64(x.Rows) || i > 0 && row <= x.removed[i-1] {
			return fmt.Errorf("%s: row %d, expected rows of 0 to %d in order: the file is damaged; remove it, and those items again", quote.Name(x.path(removedFile)), row, x.Rows-1)
		}
	}
	if blocks := (x.Rows + sumRows - 1) / sumRows; len(x.Sums.Vectors) != 4*blocks {
		return fmt.Errorf("%s: %d bytes of checksums, expected %d", quote.Name(x.path(InfoFile)), len(x.Sums.Vectors), 4*blocks)
	}
	return nil
}

// check checks the vectors of the rows lo to hi, those that were not checked before.
func (x *Index) check(lo, hi int64) error {
	c := x.checked
	c.mu.Lock()
	defer c.mu.Unlock()
	if blocks := len(x.Sums.Vectors) / 4; len(c.ok) != blocks {
		c.ok = append(c.ok, make([]bool, blocks-len(c.ok))...)
	}
	var data []byte
	var f *os.File
	for block := lo / sumRows; block*sumRows < hi; block++ {
		if c.ok[block] {
			continue
		}
		if f == nil {
			var err error
			if f, err = os.Open(x.path(vectorsFile)); err != nil {
				return err
			}
			defer f.Close()
			data = make([]byte, 4*sumRows*x.Width)
		}
		first := block * sumRows
		data = data[:4*min(sumRows, int64(x.Rows)-first)*int64(x.Width)]
		if _, err := f.ReadAt(data, x.start+4*first*int64(x.Width)); err != nil {
			return fmt.Errorf("%s: %w", quote.Name(f.Name()), err)
		}
		if crc32.Checksum(data, castagnoli) != binary.LittleEndian.Uint32(x.Sums.Vectors[4*block:]) {
			return fmt.Errorf("%s: rows %d to %d have another checksum than %s says: the file was changed or is damaged; build the index again", quote.Name(f.Name()), first, min(first+sumRows, int64(x.Rows))-1, InfoFile)
		}
		c.ok[block] = true
	}
	return nil
}

// Verify checks all vectors; [Open] has checked the rest. progress may be nil.
func (x *Index) Verify(ctx context.Context, progress func(done, total int)) error {
	x.checked.mu.Lock()
	clear(x.checked.ok)
	x.checked.mu.Unlock()
	for lo := 0; lo < x.Rows; lo += rowsAtOnce {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		hi := min(lo+rowsAtOnce, x.Rows)
		if err := x.check(int64(lo), int64(hi)); err != nil {
			return err
		}
		if progress != nil {
			progress(hi, x.Rows)
		}
	}
	return nil
}

// errOld reports an index without checksums.
var errOld = errors.New("format 1, expected 2: an earlier program wrote it, without checksums; build it again")

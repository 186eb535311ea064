package shard

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
)

// Sample is an image in a shard, as a scan finds it.
type Sample struct {
	Name         string // of the member; "" in a shard of numbered rows
	Label        string // its class, a number or a name; "" without one
	Offset, Size int64  // of the image's bytes in the file; 0 in a shard of numbered rows
}

// block is the index of one shard while it is scanned. In a file it is four columns, each of
// all samples: labels (uint32: 0 for none, else one more than its place in the index's list),
// and of named samples sizes (uint32), offsets (uint64), ends of names (uint32) and then names.
type block struct {
	ctx     context.Context // nil: cannot end
	named   bool
	labels  []uint32 // into texts, from 1
	texts   []string
	text    map[string]uint32
	sizes   []byte
	offsets []byte
	ends    []byte
	names   []byte
	classes []string // names of the classes, if the shard says
	several int      // samples with more than one image
}

// maxNames is the limit for the names of one shard together.
const maxNames = math.MaxUint32

func (b *block) add(s Sample) error {
	id := uint32(0)
	if s.Label != "" {
		var known bool
		if id, known = b.text[s.Label]; !known {
			if len(b.texts) == maxClasses {
				return fmt.Errorf("more than %d different labels", maxClasses)
			}
			if b.text == nil {
				b.text = map[string]uint32{}
			}
			b.texts = append(b.texts, s.Label)
			id = uint32(len(b.texts))
			b.text[s.Label] = id
		}
	}
	if len(b.labels) == math.MaxUint32 {
		return fmt.Errorf("more than %d samples", uint32(math.MaxUint32))
	}
	if len(b.labels)%1024 == 0 && b.ctx != nil && b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	b.labels = append(b.labels, id)
	if !b.named {
		return nil
	}
	if s.Size > maxImage {
		return fmt.Errorf("%d bytes, above the limit of %d for an image", s.Size, int64(maxImage))
	}
	if len(b.names)+len(s.Name) > maxNames {
		return fmt.Errorf("the names have more than %d bytes together: use smaller shards", int64(maxNames))
	}
	b.names = append(b.names, s.Name...)
	b.sizes = binary.LittleEndian.AppendUint32(b.sizes, uint32(s.Size))
	b.offsets = binary.LittleEndian.AppendUint64(b.offsets, uint64(s.Offset))
	b.ends = binary.LittleEndian.AppendUint32(b.ends, uint32(len(b.names)))
	return nil
}

// name returns the name of a sample that was added.
func (b *block) name(i int) string {
	c := columns{ends: b.ends, names: b.names}
	return c.name(i)
}

// columns are where the columns of a block of n samples are in an index.
type columns struct{ labels, sizes, offsets, ends, names []byte }

// split takes a block apart.
func split(data []byte, n int, named bool) (c columns, ok bool) {
	take := func(size int) (part []byte) {
		if size < 0 || size > len(data) {
			ok = false
			return nil
		}
		part, data = data[:size], data[size:]
		return part
	}
	ok = true
	c.labels = take(4 * n)
	if named {
		c.sizes, c.offsets, c.ends = take(4*n), take(8*n), take(4*n)
		c.names = data
	}
	return c, ok
}

func (c *columns) label(i int) uint32 { return binary.LittleEndian.Uint32(c.labels[4*i:]) }
func (c *columns) size(i int) int64   { return int64(binary.LittleEndian.Uint32(c.sizes[4*i:])) }
func (c *columns) offset(i int) int64 { return int64(binary.LittleEndian.Uint64(c.offsets[8*i:])) }

func (c *columns) end(i int) uint32 { return binary.LittleEndian.Uint32(c.ends[4*i:]) }

func (c *columns) name(i int) string {
	from := uint32(0)
	if i > 0 {
		from = c.end(i - 1)
	}
	return string(c.names[from:c.end(i)])
}

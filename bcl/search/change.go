package search

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Add appends vectors with their items, and returns the first of their ids, which are
// consecutive. They count together, when all are on disk.
func (x *Index) Add(ctx context.Context, source Source, items []Item) (first int64, err error) {
	release, err := lock(x.dir)
	if err != nil {
		return 0, err
	}
	defer release()
	vectors, err := npy.OpenRows(x.path(vectorsFile), dtype.Float32, x.Width)
	if err != nil {
		return 0, err
	}
	defer vectors.Close()
	ids, err := npy.OpenRows(x.path(idsFile), dtype.Int64)
	if err != nil {
		return 0, err
	}
	defer ids.Close()
	for _, r := range []*npy.Rows{vectors, ids} { // what an Add left that was interrupted
		if r.Len() < x.Rows {
			return 0, fmt.Errorf("%s has changed since it was opened", quote.Name(x.dir))
		}
		if err := r.Truncate(x.Rows); err != nil {
			return 0, err
		}
	}
	b := &builder{Index: x, ctx: ctx, source: source}
	first = x.NextID
	sums := x.Sums
	var added []int64
	for lo := 0; lo < len(items); lo += rowsAtOnce {
		n := min(rowsAtOnce, len(items)-lo)
		err := torch.Do(func() error {
			t, err := b.read(lo, n)
			if err == nil {
				data := t.Bytes()
				sums = sums.with(x.Rows+lo, x.Width, data)
				err = vectors.Append(data)
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		for i := range n {
			added = append(added, first+int64(lo+i))
		}
	}
	data, _ := binary.Append(nil, binary.LittleEndian, added)
	if err := ids.Append(data); err != nil {
		return 0, err
	}
	all := append(slices.Clip(x.Items), items...)
	if err := x.writeItems(all); err != nil {
		return 0, err
	}
	info := x.Info
	sums.IDs, sums.Items = sumOfIntegers(append(slices.Clip(x.ids), added...)), sumOfItems(all)
	x.Sums = sums
	x.Info.Rows += len(items)
	x.Info.NextID += int64(len(items))
	if err := x.write(); err != nil {
		x.Info = info
		return 0, err
	}
	x.Items, x.ids = all, append(x.ids, added...)
	x.checked = &checked{} // the last block has grown
	return first, nil
}

// Remove hides items by their ids. An id that is not there, any more, is an error, and
// then none is hidden.
func (x *Index) Remove(ids ...int64) error {
	release, err := lock(x.dir)
	if err != nil {
		return err
	}
	defer release()
	rows := map[int64]int64{}
	for row, id := range x.ids {
		rows[id] = int64(row)
	}
	removed := slices.Clone(x.removed)
	for _, id := range ids {
		row, ok := rows[id]
		at, gone := slices.BinarySearch(removed, row)
		if !ok || gone {
			return fmt.Errorf("%s has no item with the id %d", quote.Name(x.dir), id)
		}
		removed = slices.Insert(removed, at, row)
	}
	if err := writeIntegers(x.path(removedFile), removed); err != nil {
		return err
	}
	x.removed = removed
	return nil
}

// Found returns the items that can be found.
func (x *Index) Found() (items []Item) {
	for row, id := range x.ids {
		if _, gone := slices.BinarySearch(x.removed, int64(row)); !gone {
			items = append(items, x.Items[id])
		}
	}
	return items
}

// Classes returns how many items that can be found each class has.
func (x *Index) Classes() map[string]int {
	counts := map[string]int{}
	for _, i := range x.Found() {
		counts[i.Class]++
	}
	return counts
}

// SetMatch records when a neighbour counts as a match.
func (x *Index) SetMatch(m Match) error {
	release, err := lock(x.dir)
	if err != nil {
		return err
	}
	defer release()
	x.Match = &m
	return x.write()
}

// Vectors returns the vectors of items by their ids, len(ids) x width.
func (x *Index) Vectors(ids ...int64) (out []float32, err error) {
	rows := map[int64]int64{}
	for row, id := range x.ids {
		rows[id] = int64(row)
	}
	at := make([]int64, len(ids))
	for i, id := range ids {
		row, ok := rows[id]
		if _, gone := slices.BinarySearch(x.removed, row); !ok || gone {
			return nil, fmt.Errorf("%s has no item with the id %d", quote.Name(x.dir), id)
		}
		at[i] = row
	}
	for _, row := range at {
		if err := x.check(row, row+1); err != nil {
			return nil, err
		}
	}
	return out, torch.Do(func() error {
		v, err := x.vectors()
		if err == nil {
			out = torch.Slice[float32](v.IndexSelect(0, torch.FromSlice(at)))
		}
		return err
	})
}

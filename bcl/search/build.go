package search

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Source is what an index is built from: rows of vectors, which package features has in
// folders.
type Source interface {
	// Floats reads rows, from one on, into dst.
	Floats(dst []float32, from int) error
}

// FlatBelow is the number of items below which a flat index is as fast.
const FlatBelow = 200_000

// Options of [Build].
type Options struct {
	Lists    int // of an inverted file; 0: none, -1: [DefaultLists]
	Probe    int // lists to search by default; 0: [DefaultProbe]
	Seed     uint64
	Train    int // vectors that k-means sees; 0: 64 a list
	Replace  bool
	Layer    string
	From     string // what the vectors are of
	SHA256   string
	Features *features.Info                     // how images are embedded; its places are seen from the index; may be nil
	Progress func(what string, done, total int) // may be nil
}

// DefaultLists returns the lists for n items: none below [FlatBelow], then a power of two
// near 2 sqrt(n).
func DefaultLists(n int) int {
	if n < FlatBelow {
		return 0
	}
	return 1 << int(math.Round(math.Log2(2*math.Sqrt(float64(n)))))
}

// DefaultProbe returns how many lists are searched for a recall of 0.99 of ten neighbours,
// on features of networks.
func DefaultProbe(lists int) int { return min(lists, max(1, lists/100+4)) }

// Build writes an index of vectors of a width, with the item of each, to a folder, which
// must not exist or be empty, or be an index to replace. Vectors are scaled to length 1; one
// that is not finite is an error. Item i has the id i. Memory: two floats an item, and
// what k-means sees.
func Build(ctx context.Context, dir string, source Source, width int, items []Item, o Options) error {
	n := len(items)
	if o.Lists < 0 {
		o.Lists = DefaultLists(n)
	}
	if o.Probe == 0 {
		o.Probe = DefaultProbe(o.Lists)
	}
	switch {
	case n == 0 || width < 1:
		return fmt.Errorf("%d vectors of width %d: expected at least 1 of each", n, width)
	case o.Lists > n || o.Lists > 0 && (o.Probe < 1 || o.Probe > o.Lists):
		return fmt.Errorf("%d lists of %d vectors, of which %d are searched: expected no more than vectors, and 1 to all", o.Lists, n, o.Probe)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	release, err := lock(dir)
	if err != nil {
		return err
	}
	defer release()
	if err := emptied(dir, o.Replace); err != nil {
		return err
	}
	x := &Index{dir: dir, Info: Info{Format: 2, Width: width, Rows: n, Sorted: n, Lists: o.Lists, Probe: o.Probe, NextID: int64(n),
		Layer: o.Layer, Source: o.From, SHA256: o.SHA256, Features: o.Features, Program: version.Commit()}, checked: &checked{}}
	b := &builder{Index: x, Options: o, ctx: ctx, source: source}
	if err := torch.Do(b.sort); err != nil {
		return err
	}
	if err := errors.Join(writeIntegers(x.path(idsFile), b.order), x.writeItems(items)); err != nil {
		return err
	}
	x.Sums.IDs, x.Sums.Items = sumOfIntegers(b.order), sumOfItems(items)
	if x.Sums.Lists, err = x.sumOfLists(); err != nil {
		return err
	}
	return x.write()
}

// emptied removes an index that may be replaced; its index.json first, without which it is
// none.
func emptied(dir string, replace bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	ours := []string{InfoFile, vectorsFile, idsFile, centresFile, startsFile, removedFile, run.SamplesFile}
	for _, e := range entries {
		switch {
		case run.IsLeftover(e.Name()):
		case !slices.Contains(ours, e.Name()):
			return fmt.Errorf("%s is not empty, and has other files than those of an index, such as %s: choose another folder", quote.Name(dir), quote.Name(e.Name()))
		case e.Name() == InfoFile && !replace:
			return fmt.Errorf("%s has an index: choose another folder, or replace it", quote.Name(dir))
		}
	}
	for _, name := range ours {
		if err := os.Remove((&Index{dir: dir}).path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// builder fills the files of an index.
type builder struct {
	*Index
	Options
	ctx    context.Context
	source Source
	order  []int64 // ids by row
}

func (b *builder) progress(what string) func(done, total int) {
	return func(done, total int) {
		if b.Progress != nil {
			b.Progress(what, done, total)
		}
	}
}

// read returns rows of the source, scaled to length 1.
func (b *builder) read(from, n int) (torch.Tensor, error) {
	rows := make([]int64, n)
	for i := range rows {
		rows[i] = int64(from + i)
	}
	return b.gather(rows)
}

// gather returns rows of the source in any order, scaled to length 1: neighbouring ones
// with one read.
func (b *builder) gather(rows []int64) (torch.Tensor, error) {
	if b.ctx.Err() != nil {
		return torch.Tensor{}, context.Cause(b.ctx)
	}
	data := make([]float32, len(rows)*b.Width)
	for at := 0; at < len(rows); {
		end := at + 1
		for end < len(rows) && rows[end] == rows[end-1]+1 {
			end++
		}
		if err := b.source.Floats(data[at*b.Width:end*b.Width], int(rows[at])); err != nil {
			return torch.Tensor{}, err
		}
		at = end
	}
	for i, v := range data {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return torch.Tensor{}, fmt.Errorf("vector %d has the element %v, expected finite numbers", rows[i/b.Width], v)
		}
	}
	return torch.FromSlice(data, int64(len(rows)), int64(b.Width)).Normalize(1, 1e-12), nil
}

// sort finds the lists and writes the vectors in their order.
func (b *builder) sort() error {
	b.order = make([]int64, b.Rows)
	for i := range b.order {
		b.order[i] = int64(i)
	}
	if b.Info.Lists > 0 {
		centres, err := b.train()
		if err != nil {
			return err
		}
		if err := b.assign(centres); err != nil {
			return err
		}
	}
	written := b.progress("writing vectors")
	return atomicfile.WriteFile(b.path(vectorsFile), func(w io.Writer) error {
		if err := npy.WriteHeader(w, dtype.Float32, b.Rows, b.Width); err != nil {
			return err
		}
		for lo := 0; lo < b.Rows; lo += rowsAtOnce {
			n := min(rowsAtOnce, b.Rows-lo)
			err := torch.Do(func() error {
				t, err := b.gather(b.order[lo : lo+n])
				if err == nil {
					data := t.Bytes()
					b.Sums = b.Sums.with(lo, b.Width, data)
					_, err = w.Write(data)
				}
				return err
			})
			if err != nil {
				return err
			}
			written(lo+n, b.Rows)
		}
		return nil
	})
}

// train returns the centroids.
func (b *builder) train() (torch.Tensor, error) {
	want := b.Train
	if want == 0 {
		want = 64 * b.Info.Lists
	}
	want = max(b.Info.Lists, min(want, b.Rows))
	var parts []torch.Tensor
	const block = 64 // rows read together, evenly over the source
	blocks := (want + block - 1) / block
	for i := range blocks {
		lo := i * b.Rows / blocks
		t, err := b.read(lo, min(block, b.Rows-lo, (i+1)*b.Rows/blocks-lo))
		if err != nil {
			return t, err
		}
		parts = append(parts, t)
	}
	sample := torch.Cat(parts, 0)
	if int(sample.Size(0)) < b.Info.Lists { // rounding
		all, err := b.read(0, b.Rows)
		if err != nil {
			return all, err
		}
		sample = all
	}
	centres, err := kmeans(b.ctx, sample, b.Info.Lists, b.Seed, b.progress("k-means"))
	if err != nil {
		return centres, err
	}
	return centres, atomicfile.WriteFile(b.path(centresFile), func(w io.Writer) error {
		if err := npy.WriteHeader(w, dtype.Float32, b.Info.Lists, b.Width); err != nil {
			return err
		}
		_, err := w.Write(centres.Bytes())
		return err
	})
}

// assign orders the rows by list, and within one by number.
func (b *builder) assign(centres torch.Tensor) error {
	list := make([]int32, b.Rows)
	starts := make([]int64, b.Info.Lists+1)
	assigned := b.progress("assigning to lists")
	for lo := 0; lo < b.Rows; lo += rowsAtOnce {
		n := min(rowsAtOnce, b.Rows-lo)
		err := torch.Do(func() error {
			t, err := b.read(lo, n)
			if err != nil {
				return err
			}
			for i, l := range torch.Slice[int64](t.Mm(centres.T()).ArgMax(1)) {
				list[lo+i] = int32(l)
				starts[l+1]++
			}
			return nil
		})
		if err != nil {
			return err
		}
		assigned(lo+n, b.Rows)
	}
	for l := range b.Info.Lists {
		starts[l+1] += starts[l]
	}
	next := slices.Clone(starts)
	for row, l := range list {
		b.order[next[l]] = int64(row)
		next[l]++
	}
	b.starts = starts
	return writeIntegers(b.path(startsFile), starts)
}

package bclsearch

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

const buildUsage = `Usage: bcl-search build INDEX FEATURES [flags]

Makes the index INDEX, a folder, of a folder of features that bcl-eval embed wrote. An
item's id is its row there. From 200,000 items on the index is an inverted file: it
compares a query with the vectors of some lists only, more with a larger --nprobe.
`

// vectors are a layer of a folder of features.
type vectors struct {
	*features.Table
	layer int
}

func (v vectors) Floats(dst []float32, from int) error { return v.Table.Floats(dst, v.layer, from) }

func (v vectors) width() int { return v.Layers[v.layer].Width }

// openVectors opens a layer of a folder of features, and reads its names.
func openVectors(dir, layer string) (v vectors, items []search.Item, err error) {
	if v.Table, err = features.Open(dir); err != nil {
		return v, nil, err
	}
	if v.layer, err = v.Layer(layer); err == nil {
		items, err = readItems(v.Table)
	}
	if err != nil {
		v.Close()
	}
	return v, items, err
}

func readItems(t *features.Table) (items []search.Item, err error) {
	s, err := t.Samples()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for {
		sample, err := s.Next()
		if err == io.EOF {
			return items, nil
		}
		if err != nil {
			return nil, err
		}
		items = append(items, search.Item{Name: sample.Name, Class: sample.Class})
	}
}

func build(c *call) error {
	f := cli.NewFlags(c.name)
	o := search.Options{}
	layer := f.String("layer", "features", "which of the network's layers")
	f.IntVar(&o.Lists, "lists", -1, "lists of an inverted file; 0: none (flat); -1: none below 200,000 items, then about 2 sqrt(n)")
	f.IntVar(&o.Probe, "nprobe", 0, "lists that a query searches by default; 0: by their number")
	f.IntVar(&o.Train, "train", 0, "vectors that the lists are learnt from; 0: 64 a list")
	f.Uint64Var(&o.Seed, "seed", 10, "seed of the lists")
	threads := f.Int("threads", 0, "CPU threads; 0: one per core")
	f.BoolVar(&o.Replace, "force", false, "replace an index")
	args, err := c.parse(f, buildUsage, 2, 2, "INDEX FEATURES")
	if err != nil {
		return err
	}
	if o.Lists < -1 || o.Probe < 0 || o.Train < 0 || *threads < 0 {
		return cli.Usagef("--lists %d, --nprobe %d, --train %d, --threads %d: expected at least -1, 0, 0 and 0", o.Lists, o.Probe, o.Train, *threads)
	}
	if err := torch.SetNumThreads(*threads); err != nil {
		return err
	}
	v, items, err := openVectors(args[1], *layer)
	if err != nil {
		return err
	}
	defer v.Close()
	var bar *cli.Progress
	now := ""
	info := v.Info.At(args[1]).SeenFrom(args[0])
	o.Layer, o.SHA256, o.Features = *layer, v.SHA256, &info
	if o.From, err = filepath.Abs(args[1]); err != nil {
		return err
	}
	o.Progress = func(what string, done, total int) {
		if what != now {
			bar.Clear()
			bar, now = cli.NewProgress(c.log, what, total), what
		}
		bar.Set(done, "")
	}
	err = search.Build(c.ctx, args[0], v, v.width(), items, o)
	bar.Clear()
	if err != nil {
		return err
	}
	x, err := search.Open(args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s: %s\n", quote.Name(args[0]), describe(x))
	return err
}

func describe(x *search.Index) string {
	kind := "flat"
	if x.Lists > 0 {
		kind = fmt.Sprintf("%d lists, of which %d are searched", x.Lists, x.Probe)
	}
	return fmt.Sprintf("%d items, width %d, %s", x.Len(), x.Width, kind)
}

const addUsage = `Usage: bcl-search add INDEX FEATURES [flags]

Adds the items of a folder of features, of the same network and layer, to an index. They
are compared with every query, whatever --nprobe is; bcl-search build sorts them into
lists. A folder that was added before is refused.
`

func add(c *call) error {
	f := cli.NewFlags(c.name)
	other := f.Bool("other-weights", false, "also of another network, whose vectors are comparable")
	again := f.Bool("again", false, "also if all names are in the index already")
	args, err := c.parse(f, addUsage, 2, 2, "INDEX FEATURES")
	if err != nil {
		return err
	}
	x, err := search.Open(args[0])
	if err != nil {
		return err
	}
	v, items, err := openVectors(args[1], x.Layer)
	if err != nil {
		return err
	}
	defer v.Close()
	switch {
	case v.width() != x.Width:
		return fmt.Errorf("%s has vectors of width %d, the index of %d", quote.Name(args[1]), v.width(), x.Width)
	case v.SHA256 != x.SHA256 && !*other:
		return fmt.Errorf("%s is of other weights than the index: their vectors cannot be compared (--other-weights adds them)", quote.Name(args[1]))
	}
	if !*again {
		if err := c.twice(x, items, args[1]); err != nil {
			return err
		}
	}
	first, err := x.Add(c.ctx, v, items)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s: %s; new ids are %d to %d\n", quote.Name(args[0]), describe(x), first, x.NextID-1)
	return err
}

// twice returns an error if all items are in an index already by name and class, and says if some
// are.
func (c *call) twice(x *search.Index, items []search.Item, dir string) error {
	there := map[search.Item]bool{}
	for _, i := range x.Found() {
		there[i] = true
	}
	n := 0
	for _, i := range items {
		if there[i] {
			n++
		}
	}
	if n == len(items) {
		return fmt.Errorf("all %d items of %s are in the index already, by name and class: --again adds them a second time", n, quote.Name(dir))
	}
	if n > 0 {
		fmt.Fprintf(c.log, "%s: %d of %d items have names and classes that are in the index already\n", c.name, n, len(items))
	}
	return nil
}

const removeUsage = `Usage: bcl-search remove INDEX ID...

Removes items by their ids: they are not found any more. Ids of others stay. Removing an
item that is not there is an error, and then none is removed.
`

func remove(c *call) error {
	args, err := c.parse(cli.NewFlags(c.name), removeUsage, 2, -1, "INDEX ID...")
	if err != nil {
		return err
	}
	ids, err := numbers(args[1:])
	if err != nil {
		return err
	}
	x, err := search.Open(args[0])
	if err == nil {
		err = x.Remove(ids...)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s: %s\n", quote.Name(args[0]), describe(x))
	return err
}

func numbers(words []string) (ids []int64, err error) {
	for _, w := range words {
		id, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			return nil, cli.Usagef("id %q, expected a whole number", w)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

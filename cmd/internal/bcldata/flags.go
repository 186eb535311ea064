package bcldata

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// flags are the flags of a sub-command.
type flags struct {
	*pflag.FlagSet
	data               string // the data set
	train, probe, test string // lists that define its parts
	holdout            string
	unlabelled         bool
	maxPixels          int
	damage             verify.Damage
}

// newFlags returns flags with --data.
func newFlags(c *call) *flags {
	f := &flags{FlagSet: cli.NewFlags(c.name)}
	f.StringVar(&f.data, "data", "", "the data set, a folder, .tar or .parquet files, or \"embedded\"; same as the argument `DATA` (default \"embedded\")")
	cli.Examples(f.FlagSet, "data", dataset.Embedded)
	f.StringVar(&f.train, "train-list", "", "list `FILE` that defines the training part: lines \"path label\" or JSON (or .npy, which chooses)")
	return f
}

// otherLists adds flags for the lists of the parts that are not for training, and for
// what is taken of a folder.
func (f *flags) otherLists() {
	f.StringVar(&f.probe, "probe-list", "", "list `FILE` of the samples that probes are fitted on")
	f.StringVar(&f.test, "test-list", "", "list `FILE` of the test part")
	f.StringVar(&f.holdout, "holdout", "", "hold this `SHARE` of each class out as test images, or SHARE,SEED, as bcl-train does")
	f.IntVar(&f.maxPixels, "max-pixels", rgb.MaxPixels, "largest image that is read, in `pixels`")
	f.BoolVar(&f.unlabelled, "unlabelled", false, "take every training image of a folder, whatever sub-folder it is in")
}

// parse reads the arguments. The data set may also be given as the one argument that is
// not a flag. usage is what --help shows above the flags.
func (f *flags) parse(c *call, usage string) error {
	if err := cli.ParseArgs(f.FlagSet, c.args, usage, c.out); err != nil {
		return err
	}
	switch {
	case f.maxPixels < 1 && f.Lookup("max-pixels") != nil:
		return cli.Usagef("--max-pixels is %d, expected at least 1", f.maxPixels)
	case f.NArg() > 1:
		return cli.Usagef("one data set at a time, and %q was given too", f.Arg(1))
	case f.NArg() == 1 && f.data != "":
		return cli.Usagef("the data set is given twice: %q and %q", f.data, f.Arg(0))
	case f.NArg() == 1:
		f.data = f.Arg(0)
	case f.data == "":
		f.data = dataset.Embedded
	}
	return nil
}

// open opens the data set, and says what of it was taken. No command reads an image
// twice, so none is cached.
func (f *flags) open(c *call) (*dataset.Place, error) {
	holdout, err := dataset.ParseHoldout(f.holdout)
	if err != nil {
		return nil, cli.Usagef("--holdout is %w", err)
	}
	indexing, clear := cli.Bar(c.log, "indexing "+quote.Name(f.data))
	p, err := dataset.Open(f.data, dataset.Options{Context: c.ctx, Indexing: indexing, Holdout: holdout, Cache: dataset.NewCache(0), Damaged: f.damage.Add, Train: f.train, Probe: f.probe, Test: f.test, Unlabelled: f.unlabelled, MaxPixels: f.maxPixels})
	clear()
	if err != nil {
		return nil, err
	}
	for _, note := range p.Notes {
		fmt.Fprintln(c.log, note)
	}
	return p, nil
}

// part is a named part of a data set.
type part struct {
	name string
	ds   dataset.Dataset
}

// openParts opens the place and lists its parts, without the probe when it is the
// training part. With an index list, only the training samples that it chooses are left.
func (f *flags) openParts(c *call, list string) (p *dataset.Place, all []part, err error) {
	if p, err = f.open(c); err != nil {
		return nil, nil, err
	}
	if list != "" {
		ds, err := f.chosen(c, p.Train, list)
		return p, []part{{"train", ds}}, err
	}
	all = []part{{"train", p.Train}}
	if p.Probe != nil && p.Probe != p.Train {
		all = append(all, part{"probe", p.Probe})
	}
	if p.Test != nil {
		all = append(all, part{"test", p.Test})
	}
	return p, all, nil
}

// chosen returns the training samples that an index list chooses, and says if not all of them
// are left.
func (f *flags) chosen(c *call, train dataset.Dataset, list string) (dataset.Dataset, error) {
	ds, err := dataset.SubsetFile(train, list)
	if err != nil {
		return nil, err
	}
	indices, err := dataset.ReadIndexList(list)
	if left := len(indices) - ds.Len(); left > 0 {
		fmt.Fprintf(c.log, "%s: %d of its %d samples are left out: held out for testing, or without a label\n", quote.Name(list), left, len(indices))
	}
	return ds, err
}

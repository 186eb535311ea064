package bcldata

import (
	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// flags are the flags of a sub-command.
type flags struct {
	*pflag.FlagSet
	data               string // the data set
	train, probe, test string // lists that define its parts
}

// newFlags returns flags with --data.
func newFlags(c *call) *flags {
	f := &flags{FlagSet: cli.NewFlags(c.name)}
	f.StringVar(&f.data, "data", "", "the data set, a folder or \"embedded\"; same as the argument `DATA` (default \"embedded\")")
	f.StringVar(&f.train, "train-list", "", "list `FILE` that defines the training part: lines \"path label\" or JSON (or .npy, which chooses)")
	return f
}

// otherLists adds flags for the lists of the parts that are not for training.
func (f *flags) otherLists() {
	f.StringVar(&f.probe, "probe-list", "", "list `FILE` of the samples that probes are fitted on")
	f.StringVar(&f.test, "test-list", "", "list `FILE` of the test part")
}

// parse reads the arguments. The data set may also be given as the one argument that is
// not a flag. usage is what --help shows above the flags.
func (f *flags) parse(c *call, usage string) error {
	if err := cli.ParseArgs(f.FlagSet, c.args, usage, c.out); err != nil {
		return err
	}
	switch {
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

// open opens the data set. No command reads an image twice, so none are cached.
func (f *flags) open() (*dataset.Place, error) {
	return dataset.Open(f.data, dataset.Options{CacheBytes: -1, Train: f.train, Probe: f.probe, Test: f.test})
}

// part is a named part of a data set.
type part struct {
	name string
	ds   dataset.Dataset
}

// openParts opens the data set and lists its parts, without the probe set if it is the
// training part. With an index list, only the training samples that it chooses are kept.
func (f *flags) openParts(list string) (p *dataset.Place, all []part, err error) {
	if p, err = f.open(); err != nil {
		return nil, nil, err
	}
	if list != "" {
		ds, err := dataset.SubsetFile(p.Train, list)
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

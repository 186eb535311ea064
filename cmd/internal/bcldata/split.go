package bcldata

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const splitUsage = `Usage: bcl-data split [DATA] --out FILE.npy [flags]

Chooses training samples and writes their indices as FILE.npy, and how they were
chosen as FILE.json. By default the list is long-tailed as in the paper: the class
of rank r keeps int(N * (1/IF)^(r/(C-1))) images, the ranks in random order. --order deals them in another; with
several orders of the same classes one can tell rarity from what a class is.

  bcl-data split --data ~/cifar10 --seed 1 --out lt1.npy
  bcl-data split --data ~/cifar10 --order reverse --out rev.npy
  bcl-data split --data ~/cifar10 --draw numpy --seed 0 --order given \
      --largest 5000 --imbalance 100 --out ldam.npy       CIFAR-10-LT of LDAM
  bcl-data split --data ~/cifar10 --seed 1 --balanced --out balanced1.npy
  bcl-data split --data ~/cifar10 --seed 1 --shots 100 --exclude lt1.npy \
      --out shots1.npy
  bcl-data split --data ~/cifar10 --from lt1.json --out again.npy
  bcl-data split --data imagenet --train-list train2018.json \
      --shots 100 --out shots.npy

With --train-list the indices refer to that list: use the result together with it.
`

func split(c *call) error {
	f := newFlags(c)
	var spec dataset.SplitSpec
	var out, exclude, from string
	var overwrite, balanced bool
	f.StringVar(&out, "out", "", "the index list to write, `FILE.npy`")
	f.Uint64Var(&spec.Seed, "seed", 1, "seed `N` of the random choice")
	f.Float64Var(&spec.Imbalance, "imbalance", 100, "imbalance factor `IF`: most frequent over rarest class")
	f.IntVar(&spec.Largest, "largest", 0, "`N` images of the most frequent class (default nine tenths of the smallest class)")
	f.StringVar((*string)(&spec.Shape), "shape", "", "how the sizes fall: exponential, or step (half of the classes have N images, half N/IF)")
	f.StringVar((*string)(&spec.Order), "order", "", "which class has which rank: given (class 0 is the most frequent), reverse, seed:N, or numpy (with --draw numpy); default: drawn by --seed")
	f.StringVar((*string)(&spec.Draw), "draw", "", "numpy: choose samples by np.random.seed and np.random.shuffle, as the sets of LDAM are; default: streams of this program")
	f.BoolVar(&balanced, "balanced", false, "the balanced control: same size, equal classes")
	f.IntVar(&spec.Shots, "shots", 0, "a probe list instead: `K` images per class")
	f.StringVar(&exclude, "exclude", "", "exclude the samples in the index list `FILE.npy`")
	f.StringVar(&from, "from", "", "recreate the list of the manifest `FILE.json`, and compare")
	f.BoolVar(&overwrite, "overwrite", false, "replace an existing list and its manifest")
	if err := f.parse(c, splitUsage); err != nil {
		return err
	}
	switch {
	case out == "":
		return cli.Usagef("--out FILE.npy is missing")
	case filepath.Ext(out) != ".npy":
		return cli.Usagef("--out %s: the name must end in .npy", out)
	}
	for _, pair := range [][2]string{
		{"shots", "balanced"}, {"shots", "imbalance"}, {"shots", "largest"},
		{"shots", "shape"}, {"shots", "order"}, {"balanced", "order"}, {"from", "shape"}, {"from", "order"}, {"from", "draw"},
		{"from", "seed"}, {"from", "imbalance"}, {"from", "largest"}, {"from", "balanced"}, {"from", "shots"},
	} {
		if f.Changed(pair[0]) && f.Changed(pair[1]) {
			return cli.Usagef("--%s and --%s exclude each other", pair[0], pair[1])
		}
	}
	switch {
	case spec.Order.Check() != nil:
		return cli.Usagef("--order: %w", spec.Order.Check())
	case spec.Order == dataset.NumPyOrder && spec.Draw != dataset.NumPy:
		return cli.Usagef("--order numpy needs --draw numpy")
	case !slices.Contains([]dataset.SplitShape{"", dataset.Exponential, dataset.Step}, spec.Shape):
		return cli.Usagef("--shape is %q, expected %s or %s", spec.Shape, dataset.Exponential, dataset.Step)
	case spec.Draw != "" && spec.Draw != dataset.NumPy:
		return cli.Usagef("--draw is %q, expected %s", spec.Draw, dataset.NumPy)
	case f.Changed("imbalance") && !(spec.Imbalance >= 1):
		return cli.Usagef("--imbalance is %v, expected a number from 1", spec.Imbalance)
	case f.Changed("largest") && spec.Largest < 1:
		return cli.Usagef("--largest is %d, expected at least 1", spec.Largest)
	case f.Changed("shots") && spec.Shots < 1:
		return cli.Usagef("--shots is %d, expected at least 1", spec.Shots)
	}
	spec.Kind = dataset.LongTail
	switch {
	case f.Changed("shots"):
		spec.Kind, spec.Imbalance = dataset.Shots, 0
	case balanced:
		spec.Kind = dataset.Balanced
	}

	place, err := f.open(c)
	if err != nil {
		return err
	}
	var excluded []int
	if exclude != "" {
		if excluded, err = dataset.ReadIndexList(exclude); err != nil {
			return err
		}
	}
	var s *dataset.Split
	if from != "" {
		m, err := dataset.ReadManifest(from)
		if err != nil {
			return err
		}
		if m.Exclude != nil && exclude == "" {
			return cli.Usagef("%s was made without the samples of %s: give that file with --exclude", from, m.Exclude.File)
		}
		if s, err = m.Remake(place.Train, excluded); err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
	} else if s, err = dataset.MakeSplit(place.Train, spec, excluded); err != nil {
		return fmt.Errorf("%s: %w", f.data, err)
	}
	m, err := s.Write(out, f.sourceName(place), exclude, overwrite)
	if err != nil {
		return err
	}
	counts := slices.Clone(s.Counts)
	slices.Sort(counts)
	fmt.Fprintf(c.out, "%s: %s, %d of %s, %d to %d per class, %s\nsha256 %s\n",
		quote.Name(out), s.Spec.Kind, len(s.Indices), count(place.Train.Len(), "image"), counts[0], counts[len(counts)-1], count(len(counts), "class"), m.List.SHA256)
	return nil
}

// sourceName is the name of a data set in a manifest: not its path on this machine, and
// for CIFAR not its form, as lists fit both forms.
func (f *flags) sourceName(p *dataset.Place) string {
	if !dataset.HasFiles(p.Train) {
		return p.Kind
	}
	abs, err := filepath.Abs(p.Path)
	if err != nil {
		return p.Kind
	}
	name := p.Kind + " " + filepath.Base(abs)
	if f.train != "" {
		name += ", list " + filepath.Base(f.train)
	}
	return name
}

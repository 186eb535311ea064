package bcleval

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// reference are the flags of the authors' test.py, whose command lines run as they
// are: bcl-eval --checkpoint FILE --test_fullshot --test_100shot --data_folder DIR.
type reference struct {
	checkpoint, dataFolder, dataset string
	full, hundred, fifty            bool
	prune                           bool
	gpus                            string

	taken string // where lists were found that no flag named; "": nowhere
}

func (r *reference) flags(f *pflag.FlagSet) {
	f.StringVar(&r.checkpoint, "checkpoint", "", "")
	f.StringVar(&r.dataFolder, "data-folder", "", "")
	f.StringVar(&r.dataset, "dataset", dataset.CIFAR100, "")
	f.BoolVar(&r.full, "test-fullshot", false, "")
	f.BoolVar(&r.hundred, "test-100shot", false, "")
	f.BoolVar(&r.fifty, "test-50shot", false, "")
	f.BoolVar(&r.prune, "prune", false, "")
	f.StringVar(&r.gpus, "gpus", "", "")
	f.Float64("prune-percent", 0, "")
	f.String("save-dir", "", "")
	for _, name := range []string{"checkpoint", "data-folder", "dataset", "test-fullshot", "test-100shot", "test-50shot", "prune", "gpus", "prune-percent", "save-dir"} {
		f.Lookup(name).Hidden = true
	}
}

// translate sets our settings from theirs.
func (o *options) translate() error {
	f, r := o.flags, &o.reference
	if err := authors.CheckDataset(f, r.dataset); err != nil {
		return err
	}
	if f.Changed("data-folder") {
		if f.Changed("data") {
			return cli.Usagef("--data-folder and --data are the same: give one")
		}
		place, err := authors.Place(r.dataFolder, r.dataset)
		if err != nil {
			return err
		}
		if err := f.Set("data", place); err != nil {
			return err
		}
		if !f.Changed("device") {
			o.device = "auto"
		}
		if !f.Changed("by") {
			o.by = []string{eval.ByProbe}
		}
	}
	if r.gpus != "" {
		if f.Changed("device") {
			return cli.Usagef("--gpus and --device are the same: give one")
		}
		first, _, _ := strings.Cut(r.gpus, ",")
		o.device = "cuda:" + strings.TrimSpace(first)
	}
	if !r.full && !r.hundred && !r.fifty {
		return nil
	}
	if f.Changed("shots") {
		return cli.Usagef("--shots and --test-...shot are the same: give one")
	}
	for _, s := range []struct {
		on   bool
		word string
	}{{r.full, protocol.Full}, {r.hundred, "100"}, {r.fifty, "50"}} {
		if s.on {
			o.shotWords = append(o.shotWords, s.word)
		}
	}
	o.theirLists()
	return nil
}

// theirLists takes the published lists of --dataset from the folder split, where the
// authors' code has them, or from the same folder below --data-folder.
func (o *options) theirLists() {
	set := o.reference.dataset
	for _, split := range []string{"split", filepath.Join(cmp.Or(o.reference.dataFolder, o.Data), "split")} {
		list := filepath.Join(split, set, set+"_trainIdxList.npy")
		if _, err := os.Stat(list); err == nil && !o.flags.Changed("probe-list") {
			o.probeLists, o.reference.taken = []string{list}, split
		}
		dir := filepath.Join(split, set+"_imbSub_with_subsets")
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !o.flags.Changed("splits") {
			o.splits, o.reference.taken = dir, split
		}
		if len(o.probeLists) > 0 || o.splits != "" {
			return
		}
	}
}

// checkTaken returns an error if the lists that theirLists found are of another set.
func (o *options) checkTaken(kind string) error {
	r := &o.reference
	if r.taken == "" || kind == r.dataset {
		return nil
	}
	return fmt.Errorf("the lists of %s in %s are not those of %s (%s): name its own with --probe-list and --splits", r.dataset, r.taken, o.Data, kind)
}

// checkPrune compares --prune with the network of the checkpoint.
func (o *options) checkPrune(dual bool) error {
	if !o.flags.Changed("prune") || o.reference.prune == dual {
		return nil
	}
	kind := map[bool]string{true: "of SDCLR, with two branches", false: "of SimCLR, with one branch"}
	return fmt.Errorf("%s: --prune=%v, but the network is one %s", o.source.path, o.reference.prune, kind[dual])
}

// writeTheirs writes the accuracies in the form of the authors' test.py, for programs
// that read it.
func (o *options) writeTheirs(r *score.Results, w io.Writer) error {
	if !o.reference.full && !o.reference.hundred && !o.reference.fifty {
		return nil
	}
	line := func(a score.Accuracy) string { return fmt.Sprintf("{1: %v, 5: %v}", a.Top1/100, a.Top5/100) }
	for _, row := range r.Rows {
		if row.Classifier != eval.ByProbe || row.Network != score.Trained {
			continue
		}
		what := strings.ReplaceAll(row.Protocol, "-", "")
		if row.Protocol == protocol.Full {
			what = "fullshot"
		}
		text := line(row.Accuracy)
		if len(row.Subsets) > 1 {
			var all []string
			for _, s := range row.Subsets {
				all = append(all, line(s.Accuracy))
			}
			text = fmt.Sprintf("%s, Average %v", strings.Join(all, ","), row.Accuracy.Top1/100)
		}
		if _, err := fmt.Fprintf(w, "Accuracy %s %s\n", what, text); err != nil {
			return err
		}
	}
	return nil
}

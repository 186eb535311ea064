package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// reference are the flags of the authors' train.py and train_sdclr.py that are called
// otherwise here. Their command lines run as they are: train.py is bcl-train,
// train_sdclr.py is bcl-train --method sdclr. --data-folder marks such a line; what it
// leaves out is as there: SimCLR, the folder checkpoints, CIFAR-100, a GPU if there is
// one, lines in the log and a linear probe every 20 steps and epochs.
type reference struct {
	dataFolder string
	dataset    string
	bcl        bool
	gpus       string
	checkpoint string
	resume     string // True or False, if given so

	remarks []string // what is done otherwise, for the log
}

func (r *reference) flags(f *pflag.FlagSet) {
	f.StringVar(&r.dataFolder, "data-folder", "", "")
	f.StringVar(&r.dataset, "dataset", dataset.CIFAR100, "")
	f.BoolVar(&r.bcl, "bcl", false, "")
	f.StringVar(&r.gpus, "gpus", "", "")
	f.StringVar(&r.checkpoint, "checkpoint", "", "")
	for _, name := range []string{"data-folder", "dataset", "bcl", "gpus", "checkpoint"} {
		f.Lookup(name).Hidden = true
	}
}

// likeTheirs is what their command lines mean by what they leave out.
var likeTheirs = map[string]string{
	"method": string(train.SimCLR), "save-dir": "checkpoints", "device": "auto", "print-freq": "20", "eval-freq": "20",
}

func (r *reference) remark(format string, args ...any) {
	r.remarks = append(r.remarks, fmt.Sprintf(format, args...))
}

// splitResume takes the words True and False away from "--resume True": here the flag
// needs none.
func (r *reference) splitResume(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		name, value, found := strings.Cut(args[i], "=")
		if name == "--" {
			return append(out, args[i:]...)
		}
		if name == "--resume" {
			if !found && i+1 < len(args) && isTruth(args[i+1]) {
				i++
				value = args[i]
			}
			if isTruth(value) {
				r.resume = value
				if truth, _ := strconv.ParseBool(value); truth {
					out = append(out, name)
				}
				continue
			}
		}
		out = append(out, args[i])
	}
	return out
}

func isTruth(word string) bool {
	return slices.Contains([]string{"True", "False", "true", "false"}, word)
}

// translate sets our settings from theirs.
func (o *options) translate() error {
	f, r := o.flags, &o.reference
	if err := authors.CheckDataset(f, r.dataset); err != nil {
		return err
	}
	if f.Changed("data-folder") {
		if o.typed("data") {
			return cli.Usagef("--data-folder and --data are the same: give one")
		}
		var err error
		if o.data, err = authors.Place(r.dataFolder, r.dataset); err != nil {
			return err
		}
		for name, value := range likeTheirs {
			if flag := f.Lookup(name); !flag.Changed {
				if err := flag.Value.Set(value); err != nil {
					return err
				}
			}
		}
		if err := o.findSplit(); err != nil {
			return err
		}
	}
	if err := o.parseMethod(); err != nil {
		return err
	}
	if err := o.pickGPU(); err != nil {
		return err
	}
	if r.checkpoint != "" {
		if o.resume == newest {
			o.resume = r.checkpoint
		} else {
			r.remark("--checkpoint %s: not read, as --resume was not given", r.checkpoint)
		}
	}
	return nil
}

// pickGPU reads --gpus.
func (o *options) pickGPU() error {
	r := &o.reference
	if r.gpus == "" {
		return nil
	}
	if o.typed("device") {
		return cli.Usagef("--gpus and --device are the same: give one")
	}
	list := strings.Split(r.gpus, ",")
	for _, gpu := range list {
		if n, err := strconv.Atoi(strings.TrimSpace(gpu)); err != nil || n < 0 {
			return cli.Usagef("gpus %q: expected numbers of GPUs, such as 0", r.gpus)
		}
	}
	o.device = "cuda:" + strings.TrimSpace(list[0])
	if len(list) > 1 {
		r.remark("--gpus %s: a run uses one GPU, the first (the authors' code does so too)", r.gpus)
	}
	return nil
}

// findSplit looks for the list of --train-split where the authors' code does, in the
// folder split, and also at the path as it is and below the data: their code finds it
// from one working directory alone.
func (o *options) findSplit() error {
	if o.split == "" {
		return nil
	}
	path, err := o.findList(o.split)
	if err != nil {
		return fmt.Errorf("--train-split: %w", err)
	}
	o.split = path
	return nil
}

func (o *options) findList(list string) (string, error) {
	places := []string{list}
	if !filepath.IsAbs(list) {
		root := filepath.Clean(o.reference.dataFolder)
		places = append(places, filepath.Join("split", list), filepath.Join(root, list), filepath.Join(root, "split", list))
	}
	for _, path := range places {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: none of %s", fs.ErrNotExist, strings.Join(places, ", "))
}

// corrections adds to the remarks where the authors' code goes wrong in a run like this.
func (o *options) corrections() {
	r := &o.reference
	if !o.flags.Changed("data-folder") {
		return
	}
	r.remark("the authors' command line: as their code, but where that goes wrong (docs/method.md, docs/fidelity.md)")
	if strings.EqualFold(r.resume, "false") {
		r.remark("--resume %s: begins anew (their code takes every word for true)", r.resume)
	}
	if o.resume != "" {
		r.remark("--resume: goes on with the very next step (their code begins at epoch 1 again, without the momentum loss)")
	}
	if o.config.Method.Boosted() && o.boost.K > 1 {
		r.remark("u of the boosted strength is drawn anew for each sample and epoch (their loader's processes repeat theirs)")
	}
	if o.monitor.freq > 0 {
		r.remark("linear probe after every %d epochs (theirs: one epoch earlier)", o.monitor.freq)
		if o.config.Method.Dual() {
			r.remark("the probe sees the full branch (theirs sees the pruned one while it trains)")
		}
	}
}

// provide downloads the images of --data-folder if nothing is there, as the authors'
// code does, if not with --bcl.
func (o *options) provide(ctx context.Context, stderr io.Writer) error {
	if !o.flags.Changed("data-folder") {
		return nil
	}
	entries, err := os.ReadDir(o.data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.Contains(e.Name(), ".tar.gz") {
			return nil // something is there; whether it will do is seen when it is opened
		}
	}
	return o.download(ctx, stderr)
}

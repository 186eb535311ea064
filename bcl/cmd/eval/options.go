package eval

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/cmd/cli"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
)

type options struct {
	flags *pflag.FlagSet

	// What the run that wrote the checkpoint says of itself, unless flags do.
	Data, Split, Arch, Stem string
	Width, Size, Classes    int
	Seed                    uint64

	path      string // run directory or file
	probeList string
	by        []string // classifiers
	untrained bool
	json      bool

	knn     eval.KNN
	probe   eval.Probe
	device  string
	threads int
	batch   int
	workers int

	checkpoint *run.Checkpoint
}

// The classifiers.
const (
	byKNN   = "knn"
	byProbe = "probe"
)

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name), probe: eval.Published()}
	f := o.flags
	f.StringVar(&o.Data, "data", "", "`PLACE` of the images; the run's own by default")
	f.StringVar(&o.Split, "train-split", "", "index list (`FILE`.npy) trained on, whose class sizes make the groups; the run's own by default")
	f.StringVar(&o.probeList, "probe-list", "", "fit on the samples of the probe set that an index list (`FILE`.npy) chooses")
	f.StringSliceVar(&o.by, "by", []string{byKNN, byProbe}, "classifiers: knn, probe")
	f.BoolVar(&o.untrained, "untrained", false, "also evaluate the network with its initial weights")
	f.BoolVar(&o.json, "json", false, "write JSON with per-class accuracies instead of the table")
	f.IntVar(&o.knn.K, "knn-k", 0, "nearest neighbours that vote; 0: as many as a class has images to fit on, at most 200")
	f.Float64Var(&o.knn.Temperature, "knn-temperature", 0.07, "temperature of the votes' weights")
	f.IntVar(&o.probe.Epochs, "probe-epochs", o.probe.Epochs, "epochs of the linear probe")
	f.StringVar(&o.Arch, "model", "resnet18", "for checkpoints that do not say: "+strings.Join(model.Archs(), ", "))
	f.StringVar(&o.Stem, "stem", string(model.CIFARStem), "for checkpoints that do not say: cifar or imagenet")
	f.IntVar(&o.Width, "width", 64, "for checkpoints that do not say: channels of the first stage")
	f.IntVar(&o.Size, "size", 0, "side of the images in `pixels`; the run's own, or the stem's, by default")
	f.IntVar(&o.Classes, "num-class", 100, "for --untrained: as for bcl-train")
	f.Uint64Var(&o.Seed, "seed", 10, "seed of the probe, and of --untrained; the run's own by default")
	f.IntVar(&o.batch, "batch-size", 256, "images at once")
	f.IntVar(&o.workers, "num-workers", runtime.NumCPU(), "goroutines that read images")
	f.IntVar(&o.threads, "threads", 0, "threads of the network on the CPU; 0: one for each core")
	f.StringVar(&o.device, "device", "cpu", "cpu, cuda or cuda:N")
	f.BoolP("help", "h", false, "show this help")
	return o
}

// resolve reads the checkpoint and completes the settings from it.
func (o *options) resolve() error {
	if o.flags.NArg() != 1 {
		return cli.Usagef("%d arguments, expected one: a run directory or a checkpoint", o.flags.NArg())
	}
	for _, c := range o.by {
		if !slices.Contains([]string{byKNN, byProbe}, c) {
			return cli.Usagef("classifier %q is not %s or %s", c, byKNN, byProbe)
		}
	}
	if o.batch < 1 || o.workers < 1 || o.threads < 0 || o.knn.K < 0 {
		return cli.Usagef("batch-size %d, num-workers %d, threads %d, knn-k %d: expected at least 1, 1, 0 and 0", o.batch, o.workers, o.threads, o.knn.K)
	}
	o.path = o.flags.Arg(0)
	file := o.path
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = run.File(file, run.CheckpointFile)
	}
	var err error
	if o.checkpoint, err = run.Load(file); err != nil {
		return err
	}
	if err := o.inherit(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if o.Data == "" {
		return cli.Usagef("--data is missing, and %s does not name any", file)
	}
	if o.Size == 0 {
		o.Size = model.Stem(o.Stem).Size()
	}
	o.probe.Seed = o.Seed
	return o.model().Check()
}

// inherit takes the settings that no flag gave from the checkpoint.
func (o *options) inherit() error {
	text := o.checkpoint.Config()
	if text == "" {
		return nil
	}
	if err := cli.Inherit(o.flags, text, "data", "train-split", "model", "stem", "width", "size", "num-class", "seed"); err != nil {
		return fmt.Errorf("its config cannot be read: %w", err)
	}
	if o.flags.Changed("data") && !o.flags.Changed("train-split") {
		o.Split = "" // the run's list belongs to the run's images
	}
	return nil
}

func (o *options) model() model.Config {
	return model.Config{Arch: o.Arch, Stem: model.Stem(o.Stem), Width: o.Width, Classes: o.Classes}
}

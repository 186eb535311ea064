package bcleval

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/cmd/internal/imagecache"
	"github.com/bcl-go/bcl/cmd/internal/verify"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

type options struct {
	flags *pflag.FlagSet

	// From the settings of the checkpoint's run, unless flags override them.
	Data, Split, TestList, Arch, Stem string
	Width, Size, Classes              int
	Seed                              uint64

	path   string        // run directory or file
	theirs *authors.Eval // the authors' command line, if it is one

	skipBroken bool
	unlabelled bool // of bcl-eval embed
	maxPixels  int
	imageCache int            // MiB
	cache      *dataset.Cache // of that
	damage     verify.Damage
	holdout    string

	weights *weights.Flags // how to read a file of weights
	source  *source

	protocolTexts  []string
	protocols      []protocol.Spec // of --protocol
	named          string          // of --protocol too; "": none
	probeTrain     bool            // fit on the training split
	probeLists     []string
	validationList string
	shotWords      []string
	shots          []int // images per class; 0: full
	shotLists      []string
	splits         string
	shotSubsets    int
	rule           string

	classifiers   []eval.Classifier // all, with the settings of the flags
	by            []string
	chosen        []eval.Classifier // those named by
	crop          string
	resize        int
	interpolation string
	probeCrop     string
	trials        int

	untrained  bool
	init       string // the file that the run began with
	json       bool
	perClass   bool
	csv        string
	tailFile   string
	tailSignal string       // of the curve; "": the memorisation weights
	signalTail []score.Tail // the curve of that
	force      bool

	mean, std []float32
	convInit  string // of --untrained

	device  string
	threads int
	batch   int
	workers int
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name), theirs: &authors.Eval{}, classifiers: eval.All()}
	f := o.flags
	o.placeFlags()
	o.protocolFlags()
	f.StringSliceVar(&o.by, "by", []string{score.KNN, score.Probe}, "classifiers: "+strings.Join(eval.Names(o.classifiers), ", "))
	f.BoolVar(&o.untrained, "untrained", false, "also evaluate the network with its initial weights")
	f.StringVar(&o.init, "init", "", "for --untrained: `FILE` of weights that the run began with; default: the run's --init")
	f.BoolVar(&o.json, "json", false, "write JSON with per-class accuracies instead of the table")
	f.BoolVar(&o.perClass, "per-class", false, "also write a table of the classes")
	f.StringVar(&o.csv, "csv", "", "write per-class accuracies to `FILE`.csv")
	f.StringVar(&o.tailFile, "tail-curve", "", "write, for each epoch of the run, how well the memorisation weights, or another signal, rank rare classes to `FILE`.csv")
	f.StringVar(&o.tailSignal, "tail-signal", "", "for --tail-curve: a recorded signal, such as density, or what its epochs give so far, such as density-mean (docs/signals.md); default: the memorisation weights")
	f.BoolVar(&o.force, "force", false, "replace the files that are written, such as --csv's, if they exist")
	for _, c := range o.classifiers {
		cli.AddSettings(f, c.Spec().Settings)
	}
	f.StringVar(&o.crop, "finetune-crop", "", "crop of fine-tuning and SDCLR's probe: pad or resized; pad by default with the cifar stem, else resized")
	f.StringVar(&o.probeCrop, "probe-crop", noCrop, "fit on the features of one random crop of each image, also flipped or not: pad or resized; none: of the centre, as in tests")
	f.IntVar(&o.trials, "trials", 1, "fit this often, with seeds (of classifiers and of --probe-crop) from --seed on; results are means")
	o.networkFlags()
	o.imageFlags()
	f.Uint64Var(&o.Seed, "seed", 10, "seed of the classifiers, and of --untrained; default: the run's")
	o.workFlags()
	f.BoolP("help", "h", false, "show this help")
	cli.Values(f, "by", eval.Names(o.classifiers)...)
	cli.Values(f, "model", model.Archs()...)
	cli.Values(f, "stem", string(model.CIFARStem), string(model.ImageNetStem))
	cli.Values(f, "interpolation", interpolations...)
	cli.Values(f, "probe-crop", string(views.CropPad), string(views.CropResized), noCrop)
	cli.Values(f, "groups", string(score.Thirds), string(score.CountLimits))
	cli.Values(f, "finetune-crop", string(views.CropPad), string(views.CropResized))
	cli.Examples(f, "shots", "full", "100", "50")
	cli.Examples(f, "device", device.Auto, "cpu", "cuda", "cuda:0")
	cli.Examples(f, "data", dataset.Embedded)
	cli.Sections(f,
		cli.Section{Title: "Data", First: "data", Common: "data train-split test-list"},
		cli.Section{Title: "Protocols", First: "protocol", Common: "protocol probe-list shots splits"},
		cli.Section{Title: "Classifiers and results", First: "by", Common: "by untrained json per-class csv force"},
		cli.Section{Title: "Settings of the classifiers", First: "knn-k"},
		cli.Section{Title: "Files that do not say what they hold", First: "key", Common: "model stem"},
		cli.Section{Title: "Images", First: "mean", Common: "size"},
		cli.Section{Title: "Work", First: "seed", Common: "seed batch-size threads device"},
		cli.Section{Title: "Help", First: "help"},
	)
	return o
}

// placeFlags say where images are.
func (o *options) placeFlags() {
	f := o.flags
	f.StringVar(&o.Data, "data", "", "`PLACE` of the images; default: the run's")
	f.StringVar(&o.Split, "train-split", "", "`FILE` that lists the training images (.npy, text or JSON); its class sizes make the groups; default: the run's")
	f.StringVar(&o.TestList, "test-list", "", "test on the images listed in `FILE` (.npy, text or JSON)")
	f.IntVar(&o.maxPixels, "max-pixels", rgb.MaxPixels, "largest image that is read, in `pixels`; default: the run's")
	f.StringVar(&o.holdout, "holdout", "", "test on this `SHARE` of each class, held out of the others, where a data set has no test images: 0.2, or 0.2,SEED; default: the run's")
	f.BoolVar(&o.skipBroken, "skip-broken", false, "skip images that cannot be read (reads all of them first); default: the run's")
}

// protocolFlags say what classifiers are fitted on.
func (o *options) protocolFlags() {
	f := o.flags
	f.StringArrayVar(&o.protocolTexts, "protocol", nil, "the whole evaluation of a paper by its `NAME` ("+strings.Join(protocol.Named(), ", ")+"; above is what they set), or what to fit on, a specification such as '{name: 5-shot, shots: 5}', as in presets of bcl-repro, instead of --probe-list, --shots and --shot-lists; may be repeated")
	f.StringSliceVar(&o.probeLists, "probe-list", nil, "fit on the images listed in `FILE` (.npy, text or JSON); several .npy, also as a pattern or a{1..5}.npy, are averaged")
	f.StringVar(&o.validationList, "val-list", "", "for probe-sdclr: select the epoch on the samples of the probe set that `FILE`.npy lists, or on the images of a text or JSON list")
	f.BoolVar(&o.probeTrain, "probe-train", false, "fit on the training split instead of all labelled training images")
	f.StringSliceVar(&o.shotWords, "shots", nil, "protocols, such as full,100,50: all images, and that many per class; smallest: as many as the smallest class has")
	f.StringSliceVar(&o.shotLists, "shot-lists", nil, "few-shot subsets, `FILE`.npy or a pattern or a{1..5}.npy; default: those in --splits, or drawn ones")
	f.StringVar(&o.splits, "splits", "", "`DIR` of the published lists, such as split of the authors' repository: *trainIdxList.npy, *valIdxList.npy, *split*_test_100shot.npy, ...")
	f.IntVar(&o.shotSubsets, "shot-subsets", 5, "subsets to draw if no lists are given")
	f.StringVar(&o.rule, "groups", string(score.Thirds), "Many, Medium, Few: thirds of the classes, or counts (above 100, 20 to 100, below 20 images)")
}

// networkFlags say how files of weights are read.
func (o *options) networkFlags() {
	f := o.flags
	o.weights = weights.Register(f)
	f.StringVar(&o.Arch, "model", "resnet18", "architecture, if the checkpoint does not say: "+strings.Join(model.Archs(), ", "))
	f.StringVar(&o.Stem, "stem", string(model.CIFARStem), "the same: cifar or imagenet")
	f.IntVar(&o.Width, "width", 64, "the same: channels of the first stage")
	f.IntVar(&o.Classes, "num-class", 100, "for --untrained: as for bcl-train")
	f.StringVar(&o.convInit, "conv-init", model.Kaiming, "for --untrained: initial weights of convolutions, as for bcl-train")
	f.Float32SliceVar(&o.mean, "mean", slices.Clone(rgb.ImageNetMean[:]), "mean of the input, for files without one; default: the run's")
	f.Float32SliceVar(&o.std, "std", slices.Clone(rgb.ImageNetStd[:]), "standard deviation of the input, for files without one; default: the run's")
}

// imageFlags say how images are shown to the network.
func (o *options) imageFlags() {
	f := o.flags
	f.IntVar(&o.Size, "size", 0, "side of the images in `pixels`; default: the run's, or the stem's")
	f.IntVar(&o.resize, "resize", 0, "shorter side in `pixels` before --size is cropped from the centre, such as 256 for ImageNet; 0: --size")
	f.StringVar(&o.interpolation, "interpolation", "bicubic", "of every resize and crop: bicubic, or bilinear as usual for ImageNet")
}

// workFlags say what the work is done with.
func (o *options) workFlags() {
	f := o.flags
	f.IntVar(&o.batch, "batch-size", 256, "images per batch")
	f.IntVar(&o.imageCache, "image-cache", imagecache.Auto, "memory for decoded images in `MiB`; 0: none; -1: 1024, or an eighth of the memory there is if that is less")
	f.IntVar(&o.workers, "num-workers", runtime.NumCPU(), "goroutines that load images")
	f.IntVar(&o.threads, "threads", 0, "CPU threads of the network; 0: one per core")
	f.StringVar(&o.device, "device", device.Auto, "cpu, cuda, cuda:N, or auto (a GPU if available)")
}

// resolve reads the checkpoint that is evaluated, or that others are compared with, and
// completes the settings from it.
func (o *options) resolve() error {
	if o.flags.NArg() == 0 {
		return cli.Usagef("0 arguments, expected one: a run directory or a checkpoint, or several to compare")
	}
	return o.resolveOf(o.flags.Arg(0))
}

func (o *options) resolveOf(path string) error {
	if o.theirs.Err != nil {
		return o.theirs.Err
	}
	if err := cmp.Or(o.takeNamed(), o.checkFlags()); err != nil {
		return err
	}
	if err := o.openNetwork(path); err != nil {
		return err
	}
	if o.crop == "" {
		o.crop = string(views.CropOf(model.Stem(o.Stem) == model.ImageNetStem))
	}
	eval.SetSeed(o.classifiers, o.Seed)
	return o.model().Check()
}

// openNetwork opens the weights and completes the settings of network and images from them.
func (o *options) openNetwork(path string) (err error) {
	o.path = path
	if o.source, err = openSource(o.path, o.weights); err != nil {
		return err
	}
	settle := o.derive
	if o.source.ours != nil {
		settle = o.inherit
	}
	if err := cmp.Or(settle(), o.theirs.CheckNetwork(o.source.path, o.source.kind.Name == method.PrunedBranch)); err != nil {
		return err
	}
	if err := o.follow(); err != nil {
		return err
	}
	if o.Data == "" {
		return cli.Usagef("--data is missing, and %s has no setting for it", o.source.path)
	}
	if o.Size == 0 {
		o.Size = model.Stem(o.Stem).Size()
	}
	if o.Size < 1 || o.Size > 4096 || o.resize < 0 || o.resize > 8192 {
		return cli.Usagef("--size is %d and --resize %d, expected 1 to 4096 and at most 8192 pixels", o.Size, o.resize)
	}
	if o.resize != 0 && o.resize < o.Size {
		return cli.Usagef("--resize is %d, less than the size of the images, %d", o.resize, o.Size)
	}
	return nil
}

func (o *options) checkFlags() (err error) {
	if o.chosen, err = eval.Choose(o.classifiers, o.by); err != nil {
		return &cli.UsageError{Err: err}
	}
	for _, c := range o.classifiers {
		if err := settings.Check(c.Spec().Settings); err != nil {
			return cli.Usagef("--%w", err)
		}
	}
	if err := o.checkProtocols(); err != nil {
		return err
	}
	if err := o.checkImages(); err != nil {
		return err
	}
	if o.tailSignal != "" {
		if _, _, err := signal.ParseOver(o.tailSignal); err != nil {
			return cli.Usagef("--tail-signal: %w", err)
		}
	}
	switch {
	case !slices.Contains(score.GroupRules(), score.GroupRule(o.rule)):
		return cli.Usagef("--groups is %q, expected %s or %s", o.rule, score.Thirds, score.CountLimits)
	case o.crop != "" && !slices.Contains(views.Crops(), views.Crop(o.crop)):
		return cli.Usagef("--finetune-crop is %q, expected %s or %s", o.crop, views.CropPad, views.CropResized)
	case o.probeCrop != noCrop && !slices.Contains(views.Crops(), views.Crop(o.probeCrop)):
		return cli.Usagef("--probe-crop is %q, expected %s, %s or %s", o.probeCrop, views.CropPad, views.CropResized, noCrop)
	case o.trials < 1 || o.trials > 1000:
		return cli.Usagef("--trials is %d, expected 1 to 1000", o.trials)
	case o.flags.Changed("init") && !o.untrained:
		return cli.Usagef("--init does nothing without --untrained")
	case o.tailSignal != "" && o.tailFile == "":
		return cli.Usagef("--tail-signal does nothing without --tail-curve")
	case len(o.shotLists) > 0 && len(o.shots) == 0:
		return cli.Usagef("--shot-lists without --shots")
	case o.shotSubsets < 1:
		return cli.Usagef("--shot-subsets is %d, expected at least 1", o.shotSubsets)
	}
	return nil
}

// checkImages checks the flags of images, networks and work.
func (o *options) checkImages() error {
	if err := imagecache.Check(o.imageCache); err != nil {
		return err
	}
	if _, err := dataset.ParseHoldout(o.holdout); err != nil {
		return cli.Usagef("--holdout is %w", err)
	}
	switch {
	case len(o.mean) != 3 || len(o.std) != 3:
		return cli.Usagef("--mean has %d values and --std %d, expected three each", len(o.mean), len(o.std))
	case o.maxPixels < 1:
		return cli.Usagef("--max-pixels is %d, expected at least 1", o.maxPixels)
	case o.batch < 1 || o.workers < 1 || o.threads < 0:
		return cli.Usagef("batch-size %d, num-workers %d, threads %d: expected at least 1, 1 and 0", o.batch, o.workers, o.threads)
	case !slices.Contains(interpolations, o.interpolation):
		return cli.Usagef("--interpolation is %q, expected one of %s", o.interpolation, strings.Join(interpolations, ", "))
	}
	return nil
}

// inherit takes the settings that no flag set from the checkpoint.
func (o *options) inherit() error {
	text := o.source.ours.Config()
	if text == "" {
		return nil
	}
	if err := cli.Inherit(o.flags, text, "data", "train-split", "test-list", "model", "stem", "width", "size", "num-class", "conv-init", "mean", "std", "seed", "skip-broken", "unlabelled", "max-pixels", "holdout", "init"); err != nil {
		return fmt.Errorf("%s: its config cannot be read: %w", o.source.path, err)
	}
	return nil
}

func (o *options) model() model.Config {
	return model.Config{Arch: o.Arch, Stem: model.Stem(o.Stem), Width: o.Width, Classes: o.Classes, Init: o.convInit,
		Input: model.Normalization{Mean: [3]float32(o.mean), Std: [3]float32(o.std)}}
}

// noCrop is --probe-crop without a crop.
const noCrop = "none"

// interpolations are the names of augment's filters.
var interpolations = augment.Filters()

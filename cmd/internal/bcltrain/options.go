package bcltrain

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/dtype"
)

// options are the settings of a run.
type options struct {
	flags   *pflag.FlagSet
	origins map[string]origin
	config  train.Config
	model   model.Config

	name       string // of the run
	configFile string
	recipe     string
	reference  reference
	resume     string   // "", newest, or a checkpoint or run directory
	allow      []string // settings that may change when a run goes on

	data, split, saveDir string
	skipBroken           bool

	method, stem, precision string
	size                    int // side of a view; 0: by the stem

	randK        int
	randStrength float64
	noFloor      bool

	schedule string // of the temperature

	harmonize harmonize

	printFreq int // steps
	monitor   monitor
	saveFreq  int
	keepLast  int // checkpoints
	saveMins  float64
	device    string
	threads   int
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name), config: train.Default(train.BCLI), model: model.Published()}
	f, c, m := o.flags, &o.config, &o.model
	f.StringVar(&o.configFile, "config", "", "YAML `FILE` of settings, such as a run's config.yaml; flags override it")
	f.StringVar(&o.recipe, "recipe", "", "settings of a published experiment, before --config and flags: "+recipeNames())
	f.StringVar(&o.saveDir, "save-dir", "runs", "`DIR` for run directories")
	// The authors' "--resume True --checkpoint FILE" would be translated before parsing.
	f.StringVar(&o.resume, "resume", "", "go on with the run NAME from its newest good checkpoint, or with =`PATH` begin from a checkpoint or the newest of a run directory; the authors' model.pt will do")
	f.Lookup("resume").NoOptDefVal = newest
	f.StringSliceVar(&o.allow, "allow-change", nil, "go on though the settings with these `NAMES` are not what they were")
	f.StringVar(&o.data, "data", "", "`PLACE` of the images")
	f.StringVar(&o.split, "train-split", "", "train on what a `FILE` lists: .npy indices, text lines PATH LABEL, or iNaturalist's JSON")
	f.BoolVar(&o.skipBroken, "skip-broken", false, "leave out images that cannot be read instead of ending")
	f.StringVar(&o.method, "method", string(train.BCLI), methodNames())
	f.StringVar(&m.Arch, "model", m.Arch, strings.Join(model.Archs(), ", "))
	f.StringVar(&o.stem, "stem", string(m.Stem), "cifar (small images) or imagenet")
	f.IntVar(&m.Width, "width", m.Width, "channels of the network's first stage")
	f.IntVar(&o.size, "size", 0, "side of a view in `pixels`; 0: 32, or 224 with the imagenet stem")
	f.IntVar(&m.Classes, "num-class", m.Classes, "size of the classifier that the authors' code draws and drops; moves the initial weights")
	f.IntVar(&c.Epochs, "epochs", c.Epochs, "epochs to train")
	f.IntVar(&c.Batch, "batch-size", c.Batch, "samples of a step, each seen in two views")
	f.Float64Var(&c.LR, "lr", c.LR, "highest learning rate of SGD")
	f.IntVar(&c.Warmup, "warmup", c.Warmup, "epochs of linear warm-up; then half a cosine to 1e-6")
	f.Float64Var(&c.WeightDecay, "weight-decay", c.WeightDecay, "weight decay, on every parameter; 1e-4 by default with sdclr and bcl-d")
	f.Float64Var(&c.Momentum, "momentum", c.Momentum, "momentum of SGD")
	f.Float64Var(&c.Temperature, "temperature", c.Temperature, "temperature of the NT-Xent loss")
	f.Float64Var(&c.Beta, "momentum-loss-beta", c.Beta, "share of the past in each sample's momentum loss")
	f.StringVar(&o.schedule, "temperature-schedule", "", "swing the temperature: cosine (0.1 to 1 and back in 400 epochs) or `LOW,HIGH,PERIOD`")
	f.BoolVar(&c.Reweight, "reweight-positives", false, "weigh each sample's loss by the distance of its two views")
	f.IntVar(&o.randK, "rand-k", 1, "boosted operations of a view; 2 by default with bcl-d")
	f.Float64Var(&o.randStrength, "rand-strength", augment.MaxMagnitude, "strongest magnitude of boosted operations: 10 to 30, from 5 with rand-k 2 or more, from 0 with no-floor")
	f.BoolVar(&o.noFloor, "no-floor", false, "boosted magnitude without a floor, the rule of ImageNet-LT and Places-LT")
	f.Float64Var(&c.Prune.Share, "prune-percent", c.Prune.Share, "share of the weights that the pruned branch lacks, 0 to 1")
	f.Float64Var(&c.Prune.Random, "random-prune-percent", 0, "the part of it that is drawn at random")
	f.Uint64Var(&c.Seed, "seed", c.Seed, "seed of weights, order and views")
	o.harmonize.flags(f)
	f.IntVar(&o.printFreq, "print-freq", 0, "write a line to the log every so many `steps`, in the form of the authors' code; 0: none")
	o.monitor.flags(f)
	f.IntVar(&o.saveFreq, "save-freq", 500, "keep a copy of the checkpoint every so many epochs")
	f.IntVar(&o.keepLast, "keep-last", 2, "keep the last so many checkpoints: model.pt, model_previous.pt, model_previous_2.pt, ...")
	f.Float64Var(&o.saveMins, "save-minutes", 10, "within an epoch save every so many `minutes`; 0: between epochs alone")
	f.IntVar(&c.Workers, "num-workers", runtime.NumCPU(), "goroutines that prepare views")
	f.IntVar(&o.threads, "threads", 0, "threads of the network on the CPU; 0: one for each core")
	f.StringVar(&o.precision, "precision", "fp32", "fp32 or bf16 (autocast)")
	f.StringVar(&o.device, "device", "cpu", "cpu, cuda, cuda:N, or auto (a GPU if there is one)")
	o.reference.flags(f)
	f.BoolP("help", "h", false, "show this help")
	return o
}

// resolve completes and checks the settings. Its errors are errors of usage.
func (o *options) resolve() error {
	o.notice(byFlag)
	if o.configFile != "" {
		if err := cli.LoadConfig(o.flags, o.configFile); err != nil {
			return &cli.UsageError{Err: err}
		}
		o.notice(byConfig)
	}
	if err := o.follow(); err != nil {
		return err
	}
	o.notice(byRecipe)
	if err := o.translate(); err != nil {
		return err
	}
	switch {
	case o.flags.NArg() == 0:
		return cli.Usagef("the run needs a name: bcl-train NAME --data PLACE")
	case o.flags.NArg() > 1:
		return cli.Usagef("one name for the run at a time, and %q was given too", o.flags.Arg(1))
	case o.data == "":
		return cli.Usagef("--data is missing: \"embedded\" or a folder of images")
	}
	o.name = o.flags.Arg(0)
	if !filepath.IsLocal(o.name) || strings.HasPrefix(o.name, "-") {
		return cli.Usagef("%q cannot be the name of a run: it must be a name below --save-dir", o.name)
	}
	if err := o.checkAllowed(); err != nil {
		return err
	}
	if err := o.monitor.check(); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	o.corrections()
	return nil
}

// parseMethod reads --method, with the authors' --bcl, and writes it as it is called, by
// which configurations are compared.
func (o *options) parseMethod() error {
	m, err := train.ParseMethod(o.method)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	switch {
	case o.reference.bcl && m == train.SimCLR:
		m = train.BCLI
	case o.reference.bcl && m == train.SDCLR:
		m = train.BCLD
	}
	o.config.Method, o.method = m, string(m)
	return nil
}

func (o *options) check() error {
	o.byMethod()
	if err := o.checkIdle(); err != nil {
		return err
	}
	if o.schedule != "" {
		schedule, err := loss.ParseTemperature(o.schedule)
		if err != nil {
			return &cli.UsageError{Err: err}
		}
		o.config.Schedule = &schedule
	}
	switch o.precision {
	case "fp32":
		o.config.Precision = dtype.Float32
	case "bf16":
		o.config.Precision = dtype.BFloat16
	default:
		return cli.Usagef("precision %q is not fp32 or bf16", o.precision)
	}
	o.model.Stem = model.Stem(o.stem)
	var err error
	if o.config.Auxiliary, err = o.harmonize.resolve(o.flags); err != nil {
		return err
	}
	if err := o.model.Check(); err != nil {
		return &cli.UsageError{Err: err}
	}
	if err := o.config.Check(); err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.size == 0 {
		o.size = o.model.Stem.Size()
	}
	switch {
	case o.size < 8 || o.size > 4096:
		return cli.Usagef("size is %d, expected 8 to 4096 pixels", o.size)
	case o.printFreq < 0:
		return cli.Usagef("print-freq is %d, expected 0 or more", o.printFreq)
	case o.saveFreq < 1:
		return cli.Usagef("save-freq is %d, expected at least 1", o.saveFreq)
	case o.keepLast < 1:
		return cli.Usagef("keep-last is %d, expected at least 1", o.keepLast)
	case !(o.saveMins >= 0):
		return cli.Usagef("save-minutes is %v, expected 0 or more", o.saveMins)
	case o.threads < 0:
		return cli.Usagef("threads is %d, expected 0 or more", o.threads)
	}
	if err := o.pipeline().Check(); err != nil {
		return &cli.UsageError{Err: err}
	}
	return nil
}

func methodNames() string {
	var names []string
	for _, m := range train.Methods() {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}

// pipeline is the recipe of the views.
func (o *options) pipeline() *augment.Pipeline {
	p := augment.CIFAR(o.size)
	if o.model.Stem == model.ImageNetStem {
		p = augment.ImageNet(o.size)
	}
	if o.config.Method.Boosted() {
		p = p.With(augment.Boost{K: o.randK, R: o.randStrength, NoFloor: o.noFloor})
	}
	return p
}

// dir is the run directory.
func (o *options) dir() string { return filepath.Join(o.saveDir, o.name) }

package bcltrain

import (
	"fmt"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/cmd/internal/imagecache"
	"github.com/bcl-go/bcl/cmd/internal/verify"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// options are the settings of a run.
type options struct {
	flags   *pflag.FlagSet
	table   settings.Table
	origins map[string]origin

	config train.Config
	model  model.Config
	boost  augment.Boost
	stages augment.Stages

	pipeline *augment.Pipeline // of the above
	harmony  harmony.Config

	name       string // of the run
	configFile string
	recipe     string
	theirs     *authors.Train // the authors' command line, if it is one
	resume     string         // "", newest, or a checkpoint or run directory
	dryRun     bool
	allow      []string // settings that may change when a run is resumed

	data, split, saveDir   string
	unlabelled, skipBroken bool
	checkImages            bool
	holdout                string // as text
	maxPixels              int
	imageCache             int            // MiB
	cache                  *dataset.Cache // of that
	damage                 verify.Damage  // of images of training and evaluation

	precision string
	size      int    // side of a view; 0: the stem's
	views     string // their base recipe; "": the stem's
	init      string // a file to take the backbone's weights from
	mean, std string // of the input, as text
	schedule  string // of the temperature
	harmonize bool

	printFreq   int // steps
	serve       string
	servePublic bool
	mlflow      string
	tracker     *tracker // of mlflow
	report      bool
	tensorboard bool
	monitor     monitor
	saveFreq    int
	keepLast    int // checkpoints
	saveMins    float64
	device      string
	threads     int

	nproc        int              // processes to start; 0: none, this one trains
	groupTimeout float64          // seconds
	joinTimeout  float64          // seconds
	place        rendezvous.Place // of this process
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name), theirs: &authors.Train{}, config: train.Default(method.BCLI), model: model.Published(), harmony: harmony.Published(),
		boost: augment.Boost{K: method.BCLI.Traits().RandK, R: augment.MaxMagnitude}, stages: augment.Unchanged(), saveDir: "runs", maxPixels: rgb.MaxPixels, imageCache: imagecache.Auto, report: true, tensorboard: true, checkImages: true, precision: "fp32", device: device.Auto,
		saveFreq: 500, keepLast: 2, saveMins: 10, monitor: monitor{by: []string{score.Probe}, epochs: eval.Published().Epochs}}
	o.groupTimeout, o.joinTimeout, o.place = rendezvous.Timeout.Seconds(), rendezvous.Join.Seconds(), rendezvous.Alone
	o.config.Workers = runtime.NumCPU()
	o.model.Init, o.mean, o.std = model.Kaiming, rgbText(rgb.ImageNetMean), rgbText(rgb.ImageNetStd)
	o.table = training.Table(training.Choices{Recipes: recipeNames(), Methods: methodNames(), Models: model.Archs(), Views: augment.Recipes(), Filters: augment.Filters(), Blurs: augment.Blurs(), Losses: loss.Names(), Classifiers: eval.Names(eval.WhileTraining())})
	m := &o.monitor
	o.table.Bind(map[string]any{"": &o.config, "Model": &o.model, "Prune": &o.config.Prune, "Memory": &o.config.Memory, "Loss": &o.config.Loss, "Queue": &o.config.Queue, "RwSAM": &o.config.RwSAM, "Resample": &o.config.Resample, "Boost": &o.boost, "Stages": &o.stages, "harmony": &o.harmony}, map[string]any{
		"config": &o.configFile, "recipe": &o.recipe, "save-dir": &o.saveDir, "resume": &o.resume, "allow-change": &o.allow, "dry-run": &o.dryRun,
		"data": &o.data, "train-split": &o.split, "holdout": &o.holdout, "unlabelled": &o.unlabelled, "max-pixels": &o.maxPixels, "check-images": &o.checkImages, "skip-broken": &o.skipBroken,
		"init": &o.init, "mean": &o.mean, "std": &o.std, "size": &o.size, "views": &o.views, "temperature-schedule": &o.schedule, "harmonize": &o.harmonize,
		"print-freq": &o.printFreq, "report": &o.report, "serve": &o.serve, "mlflow": &o.mlflow, "serve-public": &o.servePublic, "tensorboard": &o.tensorboard, "eval-freq": &m.freq, "eval-by": &m.by, "probe-list": &m.probeList, "test-list": &m.testList, "probe-epochs": &m.epochs,
		"save-freq": &o.saveFreq, "keep-last": &o.keepLast, "save-minutes": &o.saveMins,
		"image-cache": &o.imageCache, "threads": &o.threads, "precision": &o.precision, "device": &o.device,
		"nproc": &o.nproc, "group-timeout": &o.groupTimeout, "join-timeout": &o.joinTimeout,
	})
	cli.AddSettings(o.flags, o.table)
	o.flags.BoolP("help", "h", false, "show this help")
	cli.Sections(o.flags, sections...)
	return o
}

// rgbText is three numbers as a flag has them.
func rgbText(v [3]float32) string { return fmt.Sprintf("%v,%v,%v", v[0], v[1], v[2]) }

// sections are those of the help.
var sections = []cli.Section{
	{Title: "The run", First: "config", Common: "config recipe save-dir resume allow-change dry-run"},
	{Title: "Data", First: "data", Common: "data train-split holdout skip-broken"},
	{Title: "Method and network", First: "method", Common: "method model stem width init"},
	{Title: "Views", First: "size", Common: "size views"},
	{Title: "Training", First: "num-class", Common: "epochs batch-size lr warmup seed"},
	{Title: "Geometric Harmonization", First: "harmonize", Common: "harmonize"},
	{Title: "Log and evaluation", First: "print-freq", Common: "eval-freq"},
	{Title: "Checkpoints", First: "save-freq"},
	{Title: "Machine", First: "image-cache", Common: "threads precision device nproc"},
	{Title: "Help", First: "help"},
}

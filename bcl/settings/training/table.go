package training

import (
	"strings"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/signal"
)

// Newest is --resume without a path: the newest good checkpoint of the run.
const Newest = "newest"

// Boost is what a method must have for some settings to do anything: augmentation
// controlled by the sample's weight. Other settings need an objective, by its name.
const Boost = "boost"

// AuthorsFlags lists the flags of the authors' programs that bcl-train rewrites into its own.
func AuthorsFlags() []string { return []string{"data-folder", "dataset", "bcl", "gpus", "checkpoint"} }

// Choices are the values of some settings.
type Choices struct{ Recipes, Methods, Models, Views, Filters, Blurs, Losses, Classifiers []string }

const (
	otherNetwork = "it changes the network"
	otherWeights = "it changes the initial weights"
)

// Table returns the settings without their values, in the order of the help.
func Table(c Choices) settings.Table {
	list := func(names []string) string { return strings.Join(names, ", ") }
	return settings.Table{
		{Name: "config", Once: true, Reserved: true, Usage: "YAML `FILE` of settings, such as a run's config.yaml; flags override it"},
		{Name: "recipe", Values: c.Recipes, Once: true, Usage: "settings of a published experiment, overridden by --config and flags: " + list(c.Recipes)},
		{Name: "save-dir", OnResume: settings.Free, Place: true, Reserved: true, Usage: "`DIR` for run directories"},
		{Name: "resume", Once: true, Bare: Newest, Reserved: true, Usage: "resume the run NAME, with its settings, from its newest good checkpoint, or with =`PATH` start from another checkpoint, or the newest of a run folder; the authors' model.pt works"},
		{Name: "allow-change", Once: true, Usage: "resume although these settings (`NAMES`) have changed"},
		{Name: "dry-run", Once: true, Reserved: true, Usage: "write nothing: say what is found, and what time and memory it takes by a few measured steps"},

		{Name: "data", Examples: []string{"embedded"}, OnResume: settings.FreeImages, Place: true, Reserved: true, Usage: "`PLACE` of the images"},
		{Name: "train-split", OnResume: settings.FreeImages, Place: true, Reserved: true, Usage: "train on the images listed in `FILE`: .npy indices, text lines PATH LABEL, or iNaturalist's JSON"},
		{Name: "holdout", Examples: []string{"0.2"}, OnResume: settings.FreeImages, Usage: "hold this `SHARE` of each class out of training as test images, where a data set has none; SHARE,SEED chooses others"},
		{Name: "unlabelled", OnResume: settings.FreeImages, Usage: "take every image of a folder, whatever sub-folder it is in"},
		{Name: "max-pixels", OnResume: settings.FreeImages, Usage: "largest image that is read, in `pixels`: a small file can claim to hold gigabytes"},
		{Name: "check-images", OnResume: settings.Free, Usage: "read every image before training, so that a broken one does not end it later; with =false only look whether files are there"},
		{Name: "skip-broken", OnResume: settings.FreeImages, Usage: "skip images that cannot be read instead of stopping, and log their names"},

		{Name: "method", Values: c.Methods, Field: "Method", Reserved: true, Usage: list(c.Methods)},
		{Name: "model", Values: c.Models, Field: "Model.Arch", Fixed: otherNetwork, Usage: list(c.Models)},
		{Name: "stem", Values: []string{"cifar", "imagenet"}, Field: "Model.Stem", Fixed: otherNetwork, Usage: "cifar (small images) or imagenet"},
		{Name: "width", Field: "Model.Width", Fixed: otherNetwork, Usage: "channels of the network's first stage"},
		{Name: "conv-init", Values: []string{"kaiming", "pytorch"}, Field: "Model.Init", Fixed: otherWeights, Usage: "initial weights of convolutions: kaiming, or pytorch's default"},
		{Name: "mean", Fixed: otherNetwork, Usage: "mean `R,G,B` of the input, of pixels in [0, 1]"},
		{Name: "std", Fixed: otherNetwork, Usage: "standard deviation `R,G,B` of the input"},
		{Name: "init", Fixed: otherWeights, Place: true, Usage: "begin with the backbone in `FILE`, or a run's: torchvision's, timm's, what bcl-ckpt extract-backbone reads; sets model, stem and width"},
		{Name: "size", Usage: "side of a view in `pixels`; 0: 32, or 224 with the imagenet stem"},
		{Name: "views", Values: c.Views, Usage: "base recipe of the views: " + list(c.Views) + "; by the stem by default"},
		{Name: "min-scale", Field: "Stages.MinScale", Usage: "smallest crop of a view, as a share of the image's area; 0: the recipe's"},
		{Name: "crop-filter", Values: c.Filters, Field: "Stages.Resize", Usage: "filter of the resize of the crop: " + list(c.Filters) + "; the recipe's by default"},
		{Name: "jitter-strength", Field: "Stages.Jitter", Usage: "factor of the recipe's colour jitter; 0: none"},
		{Name: "grey-prob", Field: "Stages.Grey", Usage: "probability of a greyscale view; below 0: the recipe's"},
		{Name: "blur-prob", Field: "Stages.Blur", Usage: "probability of a Gaussian blur; below 0: the recipe's"},
		{Name: "blur-filter", Values: c.Blurs, Field: "Stages.Filter", Usage: "filter of the blur: " + list(c.Blurs) + "; the recipe's by default"},
		{Name: "num-class", Field: "Model.Classes", Fixed: otherWeights, Usage: "size of the classifier that the authors' code creates and drops; changes the initial weights"},

		{Name: "epochs", Field: "Epochs", Usage: "epochs to train"},
		{Name: "batch-size", Field: "Batch", OnResume: settings.FixedWithin, Usage: "samples per step, each in two views"},
		{Name: "lr", Field: "LR", Usage: "highest learning rate of SGD"},
		{Name: "warmup", Field: "Warmup", Usage: "epochs of linear warm-up; then half a cosine to 1e-6"},
		{Name: "weight-decay", Field: "WeightDecay", Usage: "weight decay, on every parameter; 1e-4 by default with sdclr, bcl-d and moco"},
		{Name: "bn", Values: []string{"joint", "per-view"}, Field: "BN", Needs: method.OneNetwork, Usage: "batch normalisation of a batch's two views: joint, or per-view, one view after the other"},
		{Name: "chunk", Field: "Chunk", OnResume: settings.FixedWithin, Usage: "take each batch through the network in chunks of at most this many `samples`, in two passes: the same loss and gradient in the memory of a chunk; 0: at once"},
		{Name: "chunk-bn", Values: []string{"chunk", "batch"}, Field: "ChunkBN", IdleWithout: "chunk", Usage: "batch normalisation by the statistics of the chunk, or of the whole batch, which takes two passes more for each layer"},
		{Name: "momentum", Field: "Momentum", Usage: "momentum of SGD"},
		{Name: "temperature", Field: "Temperature", IdleWith: "temperature-schedule", Usage: "temperature of the contrastive loss"},
		{Name: "momentum-loss-beta", Field: "Memory.Beta", Usage: "share of the past in each sample's momentum loss"},
		{Name: "memory-signal", Field: "Memory.Signal", Fixed: "the memory's momentum is of the other signal, in other units", Usage: "signal of a sample that the memory follows: " + signal.List(signal.Recorded()) + "; loss is the paper's"},
		{Name: "memory-weights", Field: "Memory.Weights", Usage: "weights by its momentum: " + list(memory.Weightings()) + " (evenly from 0 to 1)"},
		{Name: "memory-horizon", Field: "Memory.Horizon", Usage: "take momentum-loss-beta for a run of this many `epochs`, such as 2000, and convert it to this run's; 0: as it is"},
		{Name: "memory-control", Field: "Memory.Control", Needs: Boost, Usage: "in place of the memory's weights, for comparison: " + list(memory.Controls()) + "; oracles use labels and are for analysis only"},
		{Name: "temperature-schedule", Examples: []string{"cosine"}, Usage: "schedule of the temperature: cosine (0.1 to 1 and back in 400 epochs) or `LOW,HIGH,PERIOD`"},
		{Name: "reweight-positives", Examples: []string{"far", "lotar"}, Field: "Reweight", Bare: "far", Usage: "weight each sample's loss by the distance of its two views: `far` counts pairs far apart more, lotar less, as LoTaR's code does"},
		{Name: "loss", Values: c.Losses, Field: "Loss.Name", Usage: "contrastive loss: " + list(c.Losses)},
		{Name: "loss-gamma", Field: "Loss.Gamma", IdleWithout: "loss=focal", Usage: "exponent of the focal loss"},
		{Name: "loss-beta", Field: "Loss.Beta", IdleWithout: "loss=hard-negative", Usage: "how much hard negatives count"},
		{Name: "loss-tau-plus", Field: "Loss.TauPlus", IdleWithout: "loss=hard-negative", Usage: "share of the negatives that are of the sample's own class"},
		{Name: "loss-sigma", Field: "Loss.Sigma", IdleWithout: "loss=dclw", Usage: "width of the weights of positives"},
		{Name: "rwsam", Field: "RwSAM.On", Usage: "sharpness-aware steps of two passes, the first weighted by the inverse density of the samples"},
		{Name: "rwsam-rho", Field: "RwSAM.Rho", IdleWithout: "rwsam", Usage: "size of its neighbourhood"},
		{Name: "rwsam-adaptive", Field: "RwSAM.Adaptive", IdleWithout: "rwsam", Usage: "scale the neighbourhood by each parameter (ASAM), as the released code does"},
		{Name: "rwsam-alpha", Field: "RwSAM.Alpha", IdleWithout: "rwsam", Usage: "exponent of the inverse density; 0: plain SAM"},
		{Name: "resample", Examples: []string{"density", "colt"}, Field: "Resample.Signal", Usage: "draw samples of the tail more often, by the rank of a signal's momentum: " + signal.List(signal.Recorded()) + "; epochs stay as long"},
		{Name: "resample-ratio", Field: "Resample.Ratio", IdleWithout: "resample", Usage: "how many times as often the most tail-like sample is drawn as the most head-like"},
		{Name: "rand-k", Field: "Boost.K", Needs: Boost, Usage: "boosted operations per view; 2 by default with bcl-d"},
		{Name: "rand-strength", Field: "Boost.R", Needs: Boost, Usage: "strongest magnitude of boosted operations: 10 to 30, from 5 with rand-k 2 or more, from 0 with no-floor"},
		{Name: "no-floor", Field: "Boost.NoFloor", Needs: Boost, Usage: "boosted magnitude starts at 0, as for ImageNet-LT and Places-LT"},
		{Name: "prune-percent", Field: "Prune.Share", Needs: method.PrunedBranch, Usage: "share of the weights that are pruned, 0 to 1"},
		{Name: "random-prune-percent", Field: "Prune.Random", Needs: method.PrunedBranch, Usage: "part of that share that is pruned at random"},
		{Name: "moco-k", Field: "Queue.Size", Needs: method.KeyQueue, Fixed: "it changes the queue", Usage: "keys in the queue of negatives; more than there are images would hold a sample's own older views"},
		{Name: "moco-m", Field: "Queue.Momentum", Needs: method.KeyQueue, Usage: "share of the past in the network that makes keys"},
		{Name: "seed", Field: "Seed", OnResume: settings.FixedWithin, Reserved: true, Usage: "seed of weights, order and views"},

		{Name: "harmonize", Usage: "Geometric Harmonization, with any method"},
		{Name: "harmonize-classes", Field: "harmony.Classes", IdleWithout: "harmonize", Usage: "its surrogate classes"},
		{Name: "harmonize-from", Field: "harmony.From", IdleWithout: "harmonize", Usage: "first `epoch` of its loss; 0: when half of them are done"},
		{Name: "harmonize-ramp", Field: "harmony.Ramp", IdleWithout: "harmonize", Usage: "epochs until its loss has its full weight"},
		{Name: "harmonize-weight", Field: "harmony.Weight", IdleWithout: "harmonize", Usage: "weight of its loss relative to the contrastive one"},
		{Name: "harmonize-momentum", Field: "harmony.Momentum", IdleWithout: "harmonize", Usage: "share of the past in its histories of logits"},
		{Name: "harmonize-iterations", Field: "harmony.Iterations", IdleWithout: "harmonize", Usage: "iterations of Sinkhorn's algorithm"},
		{Name: "harmonize-floor", Field: "harmony.Floor", IdleWithout: "harmonize", Usage: "samples added to each class when shares are estimated"},
		{Name: "harmonize-lr-share", Field: "harmony.LRShare", IdleWithout: "harmonize", Usage: "share of --lr when its loss starts; 0: schedule unchanged"},

		{Name: "print-freq", OnResume: settings.Free, Usage: "log a line every this many `steps`, in the form of the authors' code; 0: never"},
		{Name: "report", OnResume: settings.Free, Place: true, Usage: "write report.html, a page that shows the run, while it trains; at most a hundredth of the time"},
		{Name: "tensorboard", OnResume: settings.Free, Place: true, Usage: "write TensorBoard's event file into the run directory; its steps are epochs"},
		{Name: "serve", Once: true, Bare: "127.0.0.1:8090", Reserved: true, Usage: "show that page at `ADDR` while training, a port or HOST:PORT of this machine"},
		{Name: "serve-public", Once: true, Reserved: true, Usage: "--serve may have an address that others reach: they see names and settings"},
		{Name: "mlflow", Once: true, Usage: "log the run to the MLflow tracking server at `URL`; $MLFLOW_TRACKING_TOKEN and others are its credentials, $MLFLOW_EXPERIMENT_NAME its experiment"},
		{Name: "eval-freq", OnResume: settings.Free, Usage: "evaluate every this many `epochs`, with labels that training does not see; 0: never"},
		{Name: "eval-by", Values: c.Classifiers, OnResume: settings.Free, Usage: "with these classifiers: " + list(c.Classifiers)},
		{Name: "probe-list", OnResume: settings.Free, Usage: "fit on the images listed in `FILE` (.npy, text or JSON); all labelled training images by default"},
		{Name: "test-list", OnResume: settings.Free, Usage: "test on the images listed in `FILE`; the data set's test images by default"},
		{Name: "probe-epochs", OnResume: settings.Free, Usage: "epochs of the linear probe"},

		{Name: "save-freq", OnResume: settings.Free, Usage: "keep a copy of the checkpoint every this many epochs"},
		{Name: "keep-last", OnResume: settings.Free, Usage: "keep this many last checkpoints: model.pt, model_previous.pt, model_previous_2.pt, ..."},
		{Name: "save-minutes", OnResume: settings.Free, Usage: "also save every this many `minutes` within an epoch; 0: only between epochs"},

		{Name: "image-cache", OnResume: settings.Free, Place: true, Usage: "memory for decoded images in `MiB`; 0: none; -1: 1024, or an eighth of the memory there is if that is less"},
		{Name: "num-workers", Field: "Workers", OnResume: settings.Free, Place: true, Usage: "goroutines that prepare views"},
		{Name: "threads", Place: true, Usage: "CPU threads of the network; 0: one per core"},
		{Name: "precision", Values: []string{"fp32", "bf16", "auto"}, Usage: "fp32, bf16 (autocast), or auto: bf16 on GPUs of compute capability 8 or more, on a CPU the faster one, measured and recorded"},
		{Name: "nproc", Once: true, Usage: "train with `N` processes of this machine, as torchrun would start them"},
		{Name: "group-timeout", OnResume: settings.Free, Place: true, Usage: "`seconds` that processes which train together wait for one of them"},
		{Name: "join-timeout", OnResume: settings.Free, Place: true, Usage: "`seconds` that they wait for each other at first"},
		{Name: "cuda-graph", Field: "CUDAGraph", OnResume: settings.Free, Place: true, Usage: "run whole steps as CUDA graphs on a GPU, where method and settings allow it; the weights are the same without"},
		{Name: "device", Examples: []string{"auto", "cpu", "cuda", "cuda:0"}, Place: true, Reserved: true, Usage: "cpu, cuda, cuda:N, or auto (a GPU if available)"},
	}
}

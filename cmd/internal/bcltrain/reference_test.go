package bcltrain

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/authors"
)

// parsed reads a command line, ours or the authors', as Main does.
func parsed(t *testing.T, line string) *options {
	t.Helper()
	o := newOptions()
	o.theirs = authors.NewTrain(strings.Fields(line))
	if err := o.flags.Parse(o.theirs.Args); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return o
}

// The command lines of the authors' README, without the program's name.
func TestReferenceCommandLines(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	list := filepath.Join("split", "cifar100_imbSub_with_subsets", "cifar100_split1_D_i.npy")
	if err := os.MkdirAll(filepath.Dir(list), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := dataset.WriteIndexList(list, []int{3, 1, 2}); err != nil {
		t.Fatal(err)
	}
	const common = " --lr 0.5 --epochs 2000 --temperature 0.2 --data_folder DIR --trainSplit cifar100_imbSub_with_subsets/cifar100_split1_D_i.npy"
	for line, want := range map[string]struct {
		method method.Method
		k      int
		decay  float64
	}{
		"SimCLR --weight_decay 5e-4" + common:                                {method.SimCLR, 1, 5e-4},
		"BCL_I --bcl --rand_k 1 --weight_decay 5e-4" + common:                {method.BCLI, 1, 5e-4},
		"--method sdclr SDCLR --weight_decay 1e-4" + common:                  {method.SDCLR, 1, 1e-4},
		"--method sdclr BCL_D --bcl --rand_k 2 --weight_decay 1e-4" + common: {method.BCLD, 2, 1e-4},
		"--method SDCLR BCL_D --bcl" + common:                                {method.BCLD, 1, 5e-4}, // train_sdclr.py's defaults
	} {
		o := parsed(t, line)
		if err := o.resolve(); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		c := o.config
		if c.Method != want.method || o.boost.K != want.k || c.WeightDecay != want.decay || c.LR != 0.5 || c.Epochs != 2000 || c.Temperature != 0.2 {
			t.Errorf("%s: method %s, k %d, weight decay %v, lr %v, %d epochs, temperature %v", line, c.Method, o.boost.K, c.WeightDecay, c.LR, c.Epochs, c.Temperature)
		}
		if o.data != "DIR" || o.split != list || o.saveDir != "checkpoints" || o.device != "auto" || o.printFreq != 20 || o.monitor.freq != 20 || o.saveFreq != 500 || c.Seed != 10 || c.Batch != 512 {
			t.Errorf("%s: %+v", line, o)
		}
	}
}

// --dataset chooses the set where both exist, which config.yaml then names; the other set
// alone is an error, as lists of one fit the other. Lists are found below --data_folder.
func TestReferenceDataset(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"both/cifar-10-batches-py/test_batch", "both/cifar-100-python/test", "ten/cifar-10-batches-bin/test_batch.bin", "both/split/l.npy"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]string{
		"--data_folder both --trainSplit l.npy": "both/cifar-100-python both/split/l.npy",
		"--data_folder both --dataset cifar10":  "both/cifar-10-batches-py ",
		"--data_folder ten --dataset cifar10":   "ten/cifar-10-batches-bin ",
		"--data_folder none":                    "none ",
		"--data_folder ten":                     "error: --dataset cifar100: data set ten: holds cifar10 (ten/cifar-10-batches-bin), expected cifar100",
	} {
		o := parsed(t, "a "+line)
		got := ""
		if err := o.resolve(); err != nil {
			got = "error: " + err.Error()
		} else {
			got = o.data + " " + o.split
		}
		if got != want {
			t.Errorf("%s:\n\t%s, want\n\t%s", line, got, want)
		}
	}
}

// With the authors' images their probe is fitted on their list, at any --eval_freq.
func TestReferenceProbeList(t *testing.T) {
	const theirProbeList = "cifar100/cifar100_trainIdxList.npy"
	t.Chdir(t.TempDir())
	for _, file := range []string{"x/cifar-100-python/test", "split/" + theirProbeList, "photos/a.png"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, nil)
	}
	for line, want := range map[string]string{
		"--data_folder x":                        "split/" + theirProbeList,
		"--data_folder x --eval_freq 50":         "split/" + theirProbeList,
		"--data_folder x --probe-list mine.npy":  "mine.npy",
		"--data_folder photos":                   "",
		"--data x --eval-freq 50":                "",
		"--data_folder new/y --dataset cifar10":  "",
		"--data_folder x/cifar-100-python --bcl": "split/" + theirProbeList,
	} {
		o := parsed(t, "a "+line)
		if err := o.resolve(); err != nil {
			t.Fatal(err)
		}
		if err := o.findProbeList(); err != nil || o.monitor.probeList != want {
			t.Errorf("%s: %q, want %q; error %v", line, o.monitor.probeList, want, err)
		}
	}
	if err := os.RemoveAll("split"); err != nil {
		t.Fatal(err)
	}
	o := parsed(t, "a --data_folder x")
	if err := errors.Join(o.resolve(), o.findProbeList()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.theirs.Remarks); n == 0 || !strings.Contains(o.theirs.Remarks[n-1], "the probe sees all 50,000 images") {
		t.Errorf("remarks %q", o.theirs.Remarks)
	}
}

// The command line overrides a file: --gpus and --data_folder win.
func TestReferenceAfterConfig(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "config.yaml", []byte("data: elsewhere\ndevice: cpu\n"))
	o := parsed(t, "a --config config.yaml --data_folder here --gpus 1")
	if err := o.resolve(); err != nil {
		t.Fatal(err)
	}
	if o.data != "here" || o.device != "cuda:1" {
		t.Errorf("data %s, device %s", o.data, o.device)
	}
}

func TestReferenceFlagsThatDoNotFit(t *testing.T) {
	for line, want := range map[string]string{
		"a --data_folder x --data y":             "--data-folder and --data are the same",
		"a --data x --dataset cifar100":          "--dataset belongs to --data-folder",
		"a --data_folder x --dataset imagenet":   `dataset "imagenet" is not cifar100 or cifar10`,
		"a --data x --gpus zero":                 `gpus "zero"`,
		"a --data x --gpus 0 --device cpu":       "--gpus and --device are the same",
		"a --data_folder x --trainSplit y/z.npy": "none of y/z.npy, split/y/z.npy, x/y/z.npy, x/split/y/z.npy",
		"a --data x --recipe cifar":              "the recipes are cifar10-lt, cifar100-lt, gh-cifar100-lt, imagenet-100-lt, imagenet-lt, inaturalist-2018, places-lt",
		"a --data x --harmonize-ramp 3":          "--harmonize-ramp does nothing without --harmonize",
	} {
		if code, _, stderr := call(strings.Fields(line)...); code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %q, want %q", line, code, stderr, want)
		}
	}
}

// Programs that read the authors' log can read ours: the patterns are theirs.
func TestAuthorsLog(t *testing.T) {
	save := t.TempDir()
	code, _, stderr := call(tiny(folder(t, 9), save, "--print-freq", "2")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	log, err := os.ReadFile(filepath.Join(save, "t", "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	epoch := regexp.MustCompile(`(?m)^Epoch: \[(\d+)\]\[(\d+)/(\d+)\]\tLoss (\d+\.\d{4}) \((\d+\.\d{4})\)\tdata_time: \d+\.\d\d \(\d+\.\d\d\)\ttrain_time: \d+\.\d\d \(\d+\.\d\d\)\t$`)
	var at []string
	for _, m := range epoch.FindAllStringSubmatch(string(log), -1) {
		at = append(at, strings.Join(m[1:4], " "))
	}
	if got, want := strings.Join(at, ", "), "1 0 3, 1 2 3, 2 0 3, 2 2 3"; got != want {
		t.Errorf("steps %q, want %q", got, want)
	}
	rates := regexp.MustCompile(`(?m)^current lr is (\S+)$`).FindAllStringSubmatch(string(log), -1)
	if len(rates) != 2 || rates[0][1] != "0" || rates[1][1] != "0.05" {
		t.Errorf("learning rates %q", rates)
	}
}

func TestMeanOfAuthorsLog(t *testing.T) {
	l := authorsLog{every: 1}
	l.step(train.Step{Epoch: 1, Batch: 1, Batches: 2, Samples: 3, Loss: 2})
	if got := l.step(train.Step{Epoch: 1, Batch: 2, Batches: 2, Samples: 1, Loss: 6}); !strings.Contains(got, "Loss 6.0000 (3.0000)") {
		t.Error(got)
	}
	if got := l.step(train.Step{Epoch: 2, Batch: 1, Batches: 2, Samples: 3, Loss: 4}); !strings.Contains(got, "[2][0/2]\tLoss 4.0000 (4.0000)") {
		t.Error(got)
	}
}

// TestPrunedRecipes: the share of the pruned branch and the temperature are published with
// the lists (SDCLR's README; prune_percent of the authors' later code).
func TestPrunedRecipes(t *testing.T) {
	for _, c := range []struct {
		recipe, method     string
		share, temperature float64
	}{
		{"cifar100-lt", "sdclr", 0.9, 0.2}, {"gh-cifar100-lt", "sdclr", 0.9, 0.2}, {"imagenet-lt", "sdclr", 0.1, 0.2}, {"inaturalist-2018", "sdclr", 0.1, 0.2}, {"places-lt", "bcl-d", 0.1, 0.2},
		{"imagenet-100-lt", "sdclr", 0.3, 0.3}, {"imagenet-100-lt", "bcl-d", 0.3, 0.3}, {"imagenet-100-lt", "bcl-i", 0.3, 0.2},
	} {
		for _, given := range []string{"", "0.25"} {
			o := newOptions()
			args := []string{"a", "--data", "x", "--recipe", c.recipe, "--method", c.method}
			if given != "" {
				args, c.temperature = append(args, "--temperature", given), 0.25
			}
			if err := o.flags.Parse(args); err != nil {
				t.Fatal(err)
			}
			if err := o.resolve(); err != nil {
				t.Fatal(err)
			}
			if o.config.Prune.Share != c.share || o.config.Temperature != c.temperature {
				t.Errorf("%v: share %v, temperature %v, expected %v and %v", args, o.config.Prune.Share, o.config.Temperature, c.share, c.temperature)
			}
		}
	}
}

func TestRecipes(t *testing.T) {
	for _, name := range recipeNames() {
		o := newOptions()
		if err := o.flags.Parse([]string{"a", "--data", "x", "--recipe", name, "--lr", "0.25"}); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if o.config.LR != 0.25 {
			t.Errorf("%s: the recipe overrides a flag", name)
		}
		if name == "imagenet-lt" && (o.model.Arch != "resnet50" || o.size != 224 || o.boost.K != 2 || !o.boost.NoFloor || o.config.Epochs != 500 || o.config.Batch != 256 || o.config.WeightDecay != 1e-4) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// Geometric Harmonization's recipe for CIFAR-100-LT, for each kind of method.
func TestHarmonizationRecipe(t *testing.T) {
	cifar := model.Normalization{Mean: [3]float32{0.4914, 0.4822, 0.4465}, Std: [3]float32{0.2023, 0.1994, 0.2010}}
	for _, c := range []struct {
		method, init string
		filter       augment.Filter
		twice        bool // normalised
	}{{"simclr", model.PyTorch, augment.Bilinear, false}, {"bcl-i", model.PyTorch, augment.Bicubic, false}, {"sdclr", model.Kaiming, augment.Bilinear, true}} {
		o := newOptions()
		if err := o.flags.Parse([]string{"a", "--data", "x", "--recipe", "gh-cifar100-lt", "--method", c.method}); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(); err != nil {
			t.Fatal(err)
		}
		if k := o.config; k.Epochs != 1000 || k.Batch != 512 || k.LR != 0.5 || k.WeightDecay != 5e-4 || k.BN != train.PerView || k.Temperature != 0.2 {
			t.Errorf("%s: %+v", c.method, k)
		}
		if o.model.Init != c.init || o.pipeline.Filter != c.filter || o.pipeline.Scale[0] != 0.1 {
			t.Errorf("%s: %+v, %+v", c.method, o.model, o.pipeline)
		}
		for i := range 3 {
			mean, std := float64(cifar.Mean[i]), float64(cifar.Std[i])
			if c.twice {
				mean, std = mean+std*float64(rgb.ImageNetMean[i]), std*float64(rgb.ImageNetStd[i])
			}
			if got := o.model.Input; math.Abs(float64(got.Mean[i])-mean) > 1e-6 || math.Abs(float64(got.Std[i])-std) > 1e-6 {
				t.Errorf("%s: input %+v, want %v and %v", c.method, got, mean, std)
			}
		}
	}
	for want, args := range map[string][]string{
		`--mean is "1,2"`:                             {"--mean", "1,2"},
		`--std is "1,2,x"`:                            {"--std", "1,2,x"},
		"the latter above 0":                          {"--std", "1,0,1"},
		`--bn is "apart", expected joint or per-view`: {"--bn", "apart"},
		`--crop-filter is box, expected bicubic or`:   {"--crop-filter", "box"},
		`"xavier" are not kaiming or pytorch`:         {"--conv-init", "xavier"},
		"--bn does nothing with --method sdclr":       {"--bn", "per-view", "--method", "sdclr"},
	} {
		o := newOptions()
		if err := o.flags.Parse(append([]string{"a", "--data", "x"}, args...)); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", args, err, want)
		}
	}
}

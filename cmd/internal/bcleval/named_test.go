package bcleval

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// Every file is of a protocol with a name, and every setting is a flag that takes it.
func TestNamedFiles(t *testing.T) {
	entries, err := named.ReadDir("named")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, stem, special := strings.Cut(strings.TrimSuffix(e.Name(), ".yaml"), ".")
		if !slices.Contains(protocol.Named(), name) || special && stem != string(model.ImageNetStem) {
			t.Errorf("%s: of no protocol", e.Name())
		}
	}
	for _, name := range protocol.Named() {
		for _, stem := range []model.Stem{model.CIFARStem, model.ImageNetStem} {
			o := newOptions()
			o.named, o.Stem = name, string(stem)
			if err := o.follow(); err != nil {
				t.Errorf("%s, %s: %v", name, stem, err)
			}
		}
	}
	for _, word := range []string{"gh-imagenet", "the imagenet stem: size 224, resize 256, interpolation bilinear", "sdclr-batch-size 512", "knn-weights uniform"} {
		if text := strings.Join(strings.Fields(namedHelp()), " "); !strings.Contains(text, word) {
			t.Errorf("the help lacks %q: %s", word, text)
		}
	}
}

// followed is the suite of a protocol.
func followed(t *testing.T, stem model.Stem, args ...string) *eval.Suite {
	t.Helper()
	o := newOptions()
	if err := o.flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	if err := o.takeNamed(); err != nil {
		t.Fatal(err)
	}
	if o.Stem = string(stem); o.Size == 0 {
		o.Size = stem.Size()
	}
	if err := o.checkFlags(); err != nil {
		t.Fatal(err)
	}
	if err := o.follow(); err != nil {
		t.Fatal(err)
	}
	o.crop = string(views.CropOf(stem == model.ImageNetStem))
	return o.suite(&images{}, torch.CPU)
}

// The suites have the values that the papers' code has.
func TestNamedSuites(t *testing.T) {
	published := func(s *eval.Suite) {
		t.Helper()
		if p, want := s.Classifiers[0].(*eval.Probe), eval.Published(); len(s.Classifiers) != 1 || fmt.Sprint(*p) != fmt.Sprint(want) {
			t.Errorf("%+v, want %+v alone", *p, want)
		}
	}
	s := followed(t, model.ImageNetStem, "--protocol", "gh-imagenet")
	published(s)
	if s.Size != 224 || s.Resize != 256 || s.Filter != augment.Bilinear || s.ProbeCrop != views.CropResized || s.Batch != 256 || s.Trials != 1 || s.Seed != 10 {
		t.Errorf("gh-imagenet: %+v", s.Images)
	}
	s = followed(t, model.CIFARStem, "--protocol", "gh-cifar", "--trials", "3")
	published(s)
	if s.Size != 32 || s.Resize != 0 || s.ProbeCrop != views.CropPad || s.Batch != 128 || s.Trials != 3 {
		t.Errorf("gh-cifar: %+v", s.Images)
	}
	s = followed(t, model.CIFARStem, "--protocol", "bcl")
	published(s)
	if s.ProbeCrop != "" || s.Size != 32 {
		t.Errorf("bcl: %+v", s.Images)
	}
	s = followed(t, model.ImageNetStem, "--protocol", "sdclr")
	if p := s.Classifiers[0].(*eval.SDCLR); p.Recipe != eval.SDCLRImageNet || p.Batch != 512 || p.LR != 30 || s.Size != 224 || s.Resize != 256 || s.Filter != augment.Bilinear || s.Crop != views.CropResized {
		t.Errorf("sdclr on ImageNet: %+v of %+v", p, s.Images)
	}
	s = followed(t, model.CIFARStem, "--protocol", "sdclr", "--sdclr-lr", "10")
	if p := s.Classifiers[0].(*eval.SDCLR); p.Recipe != eval.SDCLRCIFAR || p.Batch != 128 || p.LR != 10 || s.Crop != views.CropPad {
		t.Errorf("sdclr on CIFAR: %+v of %+v", p, s.Images)
	}
	s = followed(t, model.ImageNetStem, "--protocol", "ts")
	if names := eval.Names(s.Classifiers); !slices.Equal(names, []string{"1nn", "knn", "svm"}) || s.ProbeCrop != "" || s.Resize != 256 {
		t.Errorf("ts on ImageNet: %v of %+v", names, s.Images)
	}
	if k := s.Classifiers[1].(*eval.KNN); k.K != 10 || k.Weights != eval.UniformWeights {
		t.Errorf("ts: %+v", k)
	}
}

// A protocol by name gives what its flags give, flags override it, and the JSON has its
// name and every resolved setting.
func TestNamedIsItsFlags(t *testing.T) {
	dir := trained(t, colours(t))
	few := []string{dir, "--probe-epochs", "3"}
	byName := results(t, append(few, "--protocol", "gh-cifar", "--trials", "2")...)
	byFlags := results(t, append(few, "--by", "probe", "--shots", "full", "--probe-crop", "pad", "--batch-size", "128", "--trials", "2")...)
	a, errA := json.Marshal(byName.Rows)
	b, errB := json.Marshal(byFlags.Rows)
	if errA != nil || errB != nil || string(a) != string(b) || len(byName.Rows[0].Subsets) != 2 {
		t.Errorf("by name %s\nby flags %s", a, b)
	}
	if byName.Protocol != "gh-cifar" || byFlags.Protocol != "" {
		t.Errorf("protocols %q and %q", byName.Protocol, byFlags.Protocol)
	}
	for name, want := range map[string]string{"probe-crop": "pad", "probe-epochs": "3", "batch-size": "128", "trials": "2", "shots": "full", "by": "probe", "size": "16", "seed": "10", "protocol": ""} {
		if got := byName.Settings.Get(name); got != want {
			t.Errorf("setting %s is %q, want %q", name, got, want)
		}
	}
	// What is fitted on may be said otherwise.
	own := results(t, append(few, "--protocol", "bcl", "--protocol", "{name: two, shots: 2, subsets: 3}")...)
	if len(own.Rows) != 1 || own.Rows[0].Protocol != "two" || own.Rows[0].Classifier != score.Probe || len(own.Rows[0].Subsets) != 3 {
		t.Errorf("bcl on two images per class: %+v", own.Rows)
	}
	for want, args := range map[string][]string{
		"--protocol nobody is not one of bcl, sdclr, gh-imagenet, gh-cifar, ts": {"--protocol", "nobody"},
		"--protocol bcl and ts":         {"--protocol", "bcl", "--protocol", "ts"},
		"sdclr.imagenet is not one of":  {"--protocol", "sdclr.imagenet"},
		`--probe-crop is "square"`:      {"--probe-crop", "square"},
		"--trials is 0":                 {"--trials", "0"},
		"--knn-weights is \"distance\"": {"--knn-weights", "distance"},
		"--sdclr-recipe is \"places\"":  {"--sdclr-recipe", "places"},
		"--probe-train excludes":        {"--probe-train", "--probe-list", "a.npy"},
	} {
		code, stdout, stderr := call(append(args, dir)...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, stderr lacks %q:\n%s", args, code, want, stderr)
		}
	}
}

// ts fits on the training split, and few-shot on as many images per class as its smallest
// class has.
func TestNamedOnTheTrainingSplit(t *testing.T) {
	data := colours(t)
	split := filepath.Join(lists(t, map[string][]int{"lt.npy": {0, 1, 2, 3, 8, 9, 10, 16, 17}}), "lt.npy")
	dir := trained(t, data, "--train-split", split)
	r := results(t, dir, "--protocol", "ts")
	want := []string{"full 1nn 9", "full knn 9", "full svm 9", "2-shot 1nn 6", "2-shot knn 6", "2-shot svm 6"}
	if len(r.Rows) != len(want) {
		t.Fatalf("%d rows", len(r.Rows))
	}
	for i, row := range r.Rows {
		if got := fmt.Sprint(row.Protocol, " ", row.Classifier, " ", row.Images); got != want[i] {
			t.Errorf("row %d is %s, want %s", i, got, want[i])
		}
	}
}

// A run's normalisation of the input and initial weights are those of its evaluation, also
// untrained; so they are of a run of the recipe for CIFAR of Geometric Harmonization.
func TestRunOfTheRecipe(t *testing.T) {
	data := colours(t)
	dir := trained(t, data, "--recipe", "gh-cifar100-lt", "--method", "simclr")
	args := []string{dir, "--untrained", "--protocol", "gh-cifar", "--probe-epochs", "2"}
	r := results(t, args...)
	for name, want := range map[string]string{"mean": "0.4914,0.4822,0.4465", "std": "0.2023,0.1994,0.201", "conv-init": "pytorch"} {
		if got := strings.Trim(r.Settings.Get(name), "[]"); !same(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// same reports whether texts have the same words or float32 numbers.
func same(a, b string) bool {
	x, y := strings.Split(a, ","), strings.Split(b, ",")
	return slices.EqualFunc(x, y, func(v, w string) bool {
		f, errF := strconv.ParseFloat(v, 32)
		g, errG := strconv.ParseFloat(w, 32)
		return v == w || errF == nil && errG == nil && float32(f) == float32(g)
	})
}

// SDCLR's validation images may be a list of paths and labels, as ImageNet's are.
func TestValidationList(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	list := filepath.Join(t.TempDir(), "val.txt")
	if err := os.WriteFile(list, []byte("test/class0/0.png 0\ntest/class1/0.png 1\ntest/class2/0.png 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := results(t, dir, "--by", "probe-sdclr", "--sdclr-recipe", "imagenet", "--sdclr-epochs", "2", "--sdclr-batch-size", "8", "--val-list", list)
	if len(r.Rows) != 1 || r.Rows[0].Accuracy.Top1 < 30 {
		t.Errorf("%+v", r.Rows)
	}
	code, _, stderr := call(dir, "--by", "probe-sdclr", "--sdclr-epochs", "1", "--val-list", list+"x")
	if code != 1 || !strings.Contains(stderr, "val.txtx") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

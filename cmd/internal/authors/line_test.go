package authors

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

func TestResumeWords(t *testing.T) {
	for in, want := range map[string]string{
		"a --resume True":            "a --resume",
		"a --resume False --lr 1":    "a --lr 1",
		"--resume=False a":           "a",
		"a --resume":                 "a --resume",
		"a --resume --lr 1":          "a --resume --lr 1",
		"a --resume=x.pt":            "a --resume=x.pt",
		"--resume a":                 "--resume a",
		"a -- --resume False":        "a -- --resume False",
		"a --resume True False.name": "a --resume False.name",
	} {
		if got := strings.Join(NewTrain(strings.Fields(in)).Args, " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Lines without the authors' flags stay as they are; in the others our flags stay.
func TestRewrite(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("split/cifar100_imbSub_with_subsets", 0o755); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"a --lr 1 --data x -h":                     "a --lr 1 --data x -h",
		"a --data_folder x/ --lr 1":                "--data=x a --lr 1",
		"--dataFolder=x --dataset=cifar10 --bcl a": "--data=x a",
		"a --gpus 1,0 --lr=1":                      "--device=cuda:1 a --lr=1",
		"a --resume True --checkpoint m.pt":        "a --resume=m.pt",
		"a --resume=x.pt --checkpoint m.pt":        "a --resume=x.pt",
		"a --checkpoint m.pt":                      "a",
		"a --lr 1 -- --gpus 1":                     "a --lr 1 -- --gpus 1",
	} {
		if got := NewTrain(strings.Fields(in)); strings.Join(got.Args, " ") != want || got.Err != nil {
			t.Errorf("%q: %q, want %q; error %v", in, got.Args, want, got.Err)
		}
	}
	for in, want := range map[string]string{
		"run --by knn --json":                    "run --by knn --json",
		"--checkpoint m.pt --data_folder x":      "m.pt --by=probe --device=auto --data=x",
		"run --data_folder x --by knn --gpus 0":  "run --device=cuda:0 --data=x --by knn",
		"run --test_fullshot --test_50shot":      "--splits=split/cifar100_imbSub_with_subsets --shots=full,50 run",
		"run --test_100shot --splits y":          "--shots=100 run --splits y",
		"run --prune --prune_percent 0.9 --json": "run --json",
	} {
		got := NewEval(strings.Fields(in))
		a, b := slices.Sorted(slices.Values(got.Args)), slices.Sorted(slices.Values(strings.Fields(want)))
		if !slices.Equal(a, b) || got.Err != nil {
			t.Errorf("%q: %q, want %q; error %v", in, got.Args, want, got.Err)
		}
	}
}

// Errors in a line are reported, and help is still shown.
func TestErrors(t *testing.T) {
	for in, want := range map[string]string{
		"a --bcl=maybe --data_folder x --help":   `invalid argument "maybe" for "--bcl" flag`,
		"a --help --data_folder":                 "flag needs an argument: --data_folder",
		"a --gpus x --help":                      `gpus "x"`,
		"a --data_folder x --data=y --help":      "--data-folder and --data are the same: give one",
		"a --dataset cifar10 --help":             "--dataset belongs to --data-folder",
		"--data-folder=x --dataset=other --help": `dataset "other" is not`,
		"a --device cpu --gpus 0 --help":         "--gpus and --device are the same: give one",
	} {
		got := NewTrain(strings.Fields(in))
		var usage *cli.UsageError
		if !errors.As(got.Err, &usage) || !strings.Contains(got.Err.Error(), want) || !slices.Contains(got.Args, "--help") {
			t.Errorf("%q: %q, error %v, want %q", in, got.Args, got.Err, want)
		}
	}
}

// bcl-repro reserves the authors' flags too; it learns them where it learns ours.
func TestNamesOfTheirFlags(t *testing.T) {
	var names []string
	l := trainLine(&Train{})
	l.theirs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if a, b := slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(training.AuthorsFlags())); !slices.Equal(a, b) {
		t.Errorf("%q, package training has %q", a, b)
	}
}

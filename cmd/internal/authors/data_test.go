package authors

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

func TestPlace(t *testing.T) {
	dir := t.TempDir()
	python := filepath.Join(dir, "cifar-10-batches-py")
	if err := os.Mkdir(python, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(python, "test_batch"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Place(dir+"/", dataset.CIFAR10); err != nil || got != python {
		t.Errorf("%q, want %q; error %v", got, python, err)
	}
	if _, err := Place(dir, dataset.CIFAR100); err == nil || !strings.HasPrefix(err.Error(), "--dataset cifar100: ") {
		t.Errorf("the other set: error %v", err)
	}
	empty := t.TempDir()
	if got, err := Place(empty+"/.", dataset.CIFAR100); err != nil || got != empty {
		t.Errorf("%q, want %q; error %v", got, empty, err)
	}
}

func TestCheckDataset(t *testing.T) {
	for line, want := range map[string]string{
		"":                                      "",
		"--data-folder=x --dataset=cifar10":     "",
		"--dataset=cifar10":                     "--dataset belongs to --data-folder",
		"--data-folder=x --dataset=imagenet100": `dataset "imagenet100" is not`,
	} {
		f := cli.NewFlags("test")
		kind := f.String("dataset", dataset.CIFAR100, "")
		f.String("data-folder", "", "")
		if err := f.Parse(strings.Fields(line)); err != nil {
			t.Fatal(err)
		}
		err := CheckDataset(f, *kind)
		var usage *cli.UsageError
		if want == "" && err != nil || want != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: error %v, want %q", line, err, want)
		}
	}
}

package authors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
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
	if got, err := (&folder{path: dir + "/", kind: dataset.CIFAR10}).place(); err != nil || got != python {
		t.Errorf("%q, want %q; error %v", got, python, err)
	}
	if _, err := (&folder{path: dir, kind: dataset.CIFAR100}).place(); err == nil || !strings.HasPrefix(err.Error(), "--dataset cifar100: ") {
		t.Errorf("the other set: error %v", err)
	}
	empty := t.TempDir()
	if got, err := (&folder{path: empty + "/.", kind: dataset.CIFAR100}).place(); err != nil || got != empty {
		t.Errorf("%q, want %q; error %v", got, empty, err)
	}
}

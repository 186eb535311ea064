package checkpoint

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

func newDir(t *testing.T) *run.Dir {
	t.Helper()
	d, err := run.Create(filepath.Join(t.TempDir(), "runs", "a"), []byte("lr: 1\n"), []string{"bcl-train"}, run.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// images returns n embedded images, every hundredth.
func images(t testing.TB, n int) dataset.Dataset {
	t.Helper()
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	indices := make([]int, n)
	for i := range indices {
		indices[i] = 100 * i
	}
	ds, err := dataset.Subset(place.Train, indices)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

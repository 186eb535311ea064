package features_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/features"
)

// A program of its own writes vectors, which every command here that takes features reads.
func Example() {
	dir, err := os.MkdirTemp("", "features")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	dir = filepath.Join(dir, "mine")
	info := features.Info{Samples: 2, DType: "float32", Layers: []features.Layer{{Name: "features", Width: 1}}}
	names := []string{"cat.png", "dog.png"}
	w, err := features.Create(dir, info, func(row int) features.Sample { return features.Sample{Name: names[row], Label: -1} }, false)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	if err := w.Append([][]byte{{0, 0, 128, 63, 0, 0, 0, 64}}); err != nil {
		panic(err)
	}
	if err := w.Finish(); err != nil {
		panic(err)
	}
	t, err := features.Open(dir)
	if err != nil {
		panic(err)
	}
	defer t.Close()
	x := make([]float32, 2)
	fmt.Println(t.Floats(x, 0, 0), x)
	// Output: <nil> [1 2]
}

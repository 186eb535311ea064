package npy_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func ExampleRows() {
	dir, err := os.MkdirTemp("", "rows")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "history.npy")
	rows, err := npy.OpenRows(path, dtype.Float32, 3) // rows of three numbers
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for _, row := range [][]float32{{1, 2, 3}, {4, 5, 6}} {
		if err := rows.Append(npy.FromFloat32s(row).Data); err != nil {
			log.Fatal(err)
		}
	}
	a, err := npy.ReadFile(path)
	fmt.Println(a.Shape, err)
	// Output: [2 3] <nil>
}

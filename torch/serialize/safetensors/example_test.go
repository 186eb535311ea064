package safetensors_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	bias := &safetensors.Tensor{Name: "fc.bias", DType: dtype.Uint8, Shape: []int{3}, Data: []byte{1, 2, 3}}
	if err := safetensors.Save(path, []*safetensors.Tensor{bias}, map[string]string{"format": "pt"}); err != nil {
		log.Fatal(err)
	}
	f, err := safetensors.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range f.Tensors {
		fmt.Println(f.Metadata["format"], t.Name, t.DType, t.Shape, t.Data)
	}
	// Output: pt fc.bias uint8 [3] [1 2 3]
}

package serialize_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// A checkpoint, saved and read back.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.pt")

	weight, err := serialize.FromArray(npy.FromFloat32s([]float32{1, 2, 3, 4}, 2, 2))
	if err != nil {
		log.Fatal(err)
	}
	err = serialize.Save(path, serialize.NewDict(
		"epoch", 3,
		"state_dict", serialize.NewOrderedDict("fc.weight", weight),
	))
	if err != nil {
		log.Fatal(err)
	}

	tree, err := serialize.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	epoch, _ := tree.(*serialize.Dict).Get("epoch")
	state, _ := tree.(*serialize.Dict).Get("state_dict")
	for name, v := range state.(*serialize.Dict).All() {
		t := v.(*serialize.Tensor)
		a, err := t.Array()
		if err != nil {
			log.Fatal(err)
		}
		values, err := a.Float32s()
		fmt.Println(epoch, name, t.DType, t.Shape, values, err)
	}
	// Output: 3 fc.weight float32 [2 2] [1 2 3 4] <nil>
}

// A checkpoint that PyTorch wrote, opened without reading its tensors.
func ExampleOpen() {
	f, err := serialize.Open("testdata/checkpoint.pt", serialize.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	state, _ := f.Tree.(*serialize.Dict).Get("state_dict")
	for name, v := range state.(*serialize.Dict).All() {
		t := v.(*serialize.Tensor)
		memory := make([]byte, t.Storage.Size()) // could be a tensor's own
		err := t.Storage.ReadInto(memory)
		fmt.Println(name, t.DType, t.Shape, len(memory), err)
	}
	// Output:
	// conv1.weight float32 [2 3] 24 <nil>
	// bn1.num_batches_tracked int64 [] 8 <nil>
}

package bridge_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// A tensor is written to a .pt file, which torch.load reads, and read back.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "weight.pt")
	err = torch.Do(func() error {
		w, err := bridge.ToFile(torch.FromSlice([]float32{1, 2, 3, 4}, 2, 2))
		if err != nil {
			return err
		}
		if err := serialize.Save(path, w); err != nil {
			return err
		}
		v, err := serialize.Load(path)
		if err != nil {
			return err
		}
		back, err := bridge.FromFile(v.(*serialize.Tensor))
		if err == nil {
			fmt.Println(back.Shape(), torch.Slice[float32](back))
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// [2 2] [1 2 3 4]
	// <nil>
}

package pickle_test

import (
	"fmt"
	"log"
	"os"

	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// A batch of CIFAR, written by Python 2 with a NumPy array inside.
func Example() {
	f, err := os.Open("testdata/cifar.pkl")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	allowed := pickle.Merge(pickle.Builtins(), pickle.NumPy())
	v, err := pickle.NewDecoder(f, pickle.Options{FindClass: allowed.Find}).Decode()
	if err != nil {
		log.Fatal(err)
	}
	batch := v.(*pickle.Dict)
	data, _ := batch.Lookup("data")
	labels, _ := batch.Lookup("labels")
	fmt.Println(data.(*npy.Array).Shape, labels.(*pickle.List).Items)
	// Output: [2 3072] [6 9]
}

// Globals that are not on the allow-list are refused by name; nothing is run.
func ExampleAllowList() {
	evil := "cos\nsystem\n(S'rm -rf /'\ntR."
	_, err := pickle.Unmarshal([]byte(evil), pickle.Options{FindClass: pickle.Builtins().Find})
	fmt.Println(err)
	// Output: pickle: at byte 0 (opcode 'c'): "os.system" is not on the allow-list
}

package ckpt_test

import (
	"fmt"
	"log"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// A tensor of SupContrast, saved from DataParallel, gets the authors' name.
func ExampleConvert() {
	t, err := serialize.FromArray(npy.FromFloat32s([]float32{1, 2}))
	if err != nil {
		log.Fatal(err)
	}
	state := []ckpt.Tensor{{Name: "module.encoder.layer2.0.shortcut.1.bias", Tensor: t}}
	to, err := ckpt.FindScheme("bcl")
	if err != nil {
		log.Fatal(err)
	}
	out, report, err := ckpt.Convert(state, ckpt.Options{To: to})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.From, report.Prefix, out[0].Name)
	// Output: supcontrast module. backbone.layer2.0.downsample.1.bias
}

// A file that PyTorch wrote.
func ExampleInspect() {
	f, err := ckpt.Open("../../torch/serialize/testdata/script.pt")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	info, err := ckpt.Inspect(f)
	if err != nil {
		log.Fatal(err)
	}
	t := info.Tensors[0]
	fmt.Println(info.Format, t.Name, t.DType, t.Shape, t.SHA256[:8], info.Bytes)
	// Output: torchscript fc.weight float32 [2 3] e2c0a715 72
}

func ExampleNearest() {
	fmt.Println(ckpt.Nearest("conv1.wieght", []string{"bn1.weight", "conv1.weight"}))
	// Output: conv1.weight
}

func ExampleDiff() {
	x, err := serialize.FromArray(npy.FromFloat32s([]float32{1, 2}))
	if err != nil {
		log.Fatal(err)
	}
	y, err := serialize.FromArray(npy.FromFloat32s([]float32{1, 2.5}))
	if err != nil {
		log.Fatal(err)
	}
	c, err := ckpt.Diff([]ckpt.Tensor{{Name: "w", Tensor: x}}, []ckpt.Tensor{{Name: "w", Tensor: y}}, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Within, c.Differ[0].Unequal, c.Largest)
	// Output: false 1 0.5
}

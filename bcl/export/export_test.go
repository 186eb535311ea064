package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/export"
	"github.com/bcl-go/bcl/torch/serialize"
)

// backbone has zeros for weights.
func backbone(a ckpt.Arch) *ckpt.Extracted {
	b := &ckpt.Extracted{Arch: a}
	for _, s := range a.Specs() {
		n := s.DType.Size()
		for _, d := range s.Shape {
			n *= d
		}
		t, err := serialize.FromFunc(s.DType, s.Shape, func(w io.Writer) error { _, err := w.Write(make([]byte, n)); return err })
		if err != nil {
			panic(err)
		}
		b.Tensors = append(b.Tensors, ckpt.Tensor{Name: s.Name, Tensor: t})
	}
	return b
}

// A ResNet-18 for photographs loads into timm; one for 32-pixel images does not.
func ExampleReaderOf() {
	photos := ckpt.Arch{Blocks: [4]int{2, 2, 2, 2}, Width: 64, Kernel: 7}
	small := photos
	small.Kernel = 3
	fmt.Println(export.ReaderOf(photos).Timm)
	fmt.Println(export.ReaderOf(small).Why)
	// Output:
	// resnet18
	// its stem is 3x3 without max pooling, and timm's and transformers' ResNets have one of 7x7
}

func TestONNX(t *testing.T) {
	for a, operators := range map[ckpt.Arch]map[string]int{
		{Blocks: [4]int{1, 1, 1, 1}, Width: 2, Kernel: 3}:                   {"Conv": 12, "MaxPool": 0, "Add": 4},
		{Blocks: [4]int{1, 2, 1, 1}, Width: 2, Kernel: 7, Bottleneck: true}: {"Conv": 20, "MaxPool": 1, "Add": 5},
	} {
		var b bytes.Buffer
		if err := export.ONNX(&b, backbone(a), "1", nil); err != nil {
			t.Fatal(err)
		}
		for op, n := range operators {
			if got := strings.Count(b.String(), fmt.Sprintf("\x22%c%s", len(op), op)); got != n {
				t.Errorf("%v: %d of %s, expected %d", a, got, op, n)
			}
		}
	}
	odd := ckpt.Arch{Blocks: [4]int{1, 1, 1, 1}, Width: 2, Kernel: 5}
	if err := export.ONNX(io.Discard, backbone(odd), "1", nil); err == nil || !strings.Contains(err.Error(), "stem of 5x5") {
		t.Errorf("%v", err)
	}
}

func TestHub(t *testing.T) {
	a := ckpt.Arch{Blocks: [4]int{1, 1, 1, 1}, Width: 64, Kernel: 7}
	dir := filepath.Join(t.TempDir(), "net")
	if err := export.Hub(dir, backbone(a), &export.Card{Name: "a | b <script>", Size: 224, Classes: []export.Class{{Name: "x|y", Images: 3}}, Data: "photos"}); err != nil {
		t.Fatal(err)
	}
	var config struct {
		Architecture string           `json:"architecture"`
		Args         map[string][]int `json:"model_args"`
		Cfg          struct {
			Mean []float64 `json:"mean"`
		} `json:"pretrained_cfg"`
	}
	text, err := os.ReadFile(filepath.Join(dir, export.ConfigFile))
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if err != nil || config.Architecture != "resnet18" || fmt.Sprint(config.Args["layers"]) != "[1 1 1 1]" || fmt.Sprint(config.Cfg.Mean) != "[0.485 0.456 0.406]" {
		t.Errorf("%s, %v", text, err)
	}
	card, err := os.ReadFile(filepath.Join(dir, export.CardFile))
	if err != nil || strings.Contains(string(card), "<script") || !strings.Contains(string(card), `| x\|y | 3 |`) || !strings.Contains(string(card), "ImageNet's: the file of weights does not record its own") {
		t.Errorf("%s, %v", card, err)
	}
}

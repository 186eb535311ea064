package bridge_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestThereAndBack(t *testing.T) {
	torchtest.Do(t, func() {
		base := torch.FromSlice([]float32{0, 1, 2, 3, 250, 0.5}, 2, 3)
		for _, d := range []torch.DType{torch.Uint8, torch.Int8, torch.Int16, torch.Int32, torch.Int64, torch.Float16, torch.BFloat16,
			torch.Float32, torch.Float64, torch.Bool} {
			for name, x := range map[string]torch.Tensor{"matrix": base.To(d), "transposed": base.To(d).T(), "scalar": base.Select(0, 0).Select(0, 1).To(d), "empty": torch.Empty([]int64{0, 3}, torch.On(d, torch.CPU))} {
				s, err := bridge.ToFile(x)
				if err != nil {
					t.Fatalf("%v %s: %v", d, name, err)
				}
				y, err := bridge.FromFile(s)
				if err != nil {
					t.Fatalf("%v %s: %v", d, name, err)
				}
				if y.DType() != d || fmt.Sprint(y.Shape()) != fmt.Sprint(x.Shape()) || !bytes.Equal(x.Bytes(), y.Bytes()) {
					t.Errorf("%v %s: came back as %v %v", d, name, y.DType(), y)
				}
			}
		}
	})
}

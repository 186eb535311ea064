package device

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func TestPrecision(t *testing.T) {
	name, why, err := Precision(torch.CPU)
	if err != nil || name != FP32 && name != BF16 || !strings.Contains(why, "ms in fp32") {
		t.Errorf("%s, %q, error %v", name, why, err)
	}
	if n := torch.LiveTensors(); n != 0 {
		t.Errorf("%d tensors are left", n)
	}
}

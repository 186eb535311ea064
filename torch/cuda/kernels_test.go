package cuda_test

import (
	"os"
	"testing"

	"github.com/bcl-go/bcl/torch/cuda"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// make gpu-dry sets BCL_CUDA, and the libraries are there. Elsewhere they may not be.
func TestCompileKernels(t *testing.T) {
	torchtest.NeedsNumbers(t)
	for _, architecture := range []string{"sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"} {
		n, err := cuda.CompileKernels(architecture)
		switch {
		case err != nil && os.Getenv("BCL_CUDA") == "":
			t.Skipf("no CUDA libraries: %v", err)
		case err != nil:
			t.Errorf("%s: %v", architecture, err)
		case n < 10_000:
			t.Errorf("%s: %d bytes of code", architecture, n)
		}
	}
	if n, err := cuda.CompileKernels("sm_1"); err == nil {
		t.Errorf("an architecture that does not exist has %d bytes of code", n)
	}
}

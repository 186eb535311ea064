package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// kernels compiles the kernels of cgo/cuda/kernels with the real NVRTC, outside the null GPU,
// whose compiler makes nothing.
func kernels(g *gpu) error {
	c := exec.Command(filepath.Join(g.bin, "bcl-gpu", "tests", "torch-cuda", "cuda.test"), "-test.v", "-test.run=^TestCompileKernels$")
	c.Env = append(os.Environ(), "BCL_CUDA=1", "BCL_CUDA_SHIM="+filepath.Join(g.bin, "libbcl_cuda.so"))
	output, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: TestCompileKernels") {
		return fmt.Errorf("%v:\n%s", err, output)
	}
	return nil
}

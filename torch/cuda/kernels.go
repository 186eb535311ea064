package cuda

import "github.com/bcl-go/bcl/cgo"

// CompileKernels compiles the kernels of [torch.BatchNormAct] for an architecture such as
// "sm_90", as the first use on a GPU does, and returns the bytes of code. It needs the CUDA
// libraries, but no GPU.
func CompileKernels(architecture string) (bytes int, err error) {
	if err := cgo.OpenCUDA(); err != nil {
		return 0, err
	}
	return cgo.CUDACompile(architecture)
}

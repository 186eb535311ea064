// NVRTC of the null GPU, whose programs are empty, and libraries of kernels.
#include "nullgpu.h"

using namespace nullgpu;

NULLGPU_API int nvrtcCreateProgram(void** p, const char*, const char*, int, const char* const*, const char* const*) {
  *p = fresh();
  return 0;
}
NULLGPU_API int nvrtcDestroyProgram(void**) { return 0; }
NULLGPU_API int nvrtcCompileProgram(void*, int, const char* const*) { return 0; }
NULLGPU_API int nvrtcGetCUBINSize(void*, size_t* n) {
  *n = 1;
  return 0;
}
NULLGPU_API int nvrtcGetCUBIN(void*, char* code) {
  *code = 0;
  return 0;
}

NULLGPU_API cudaError_t cudaLibraryLoadData(cudaLibrary_t* library, const void*, cudaJitOption*, void**, unsigned, cudaLibraryOption*, void**,
                                            unsigned) {
  if (forbidden("cudaLibraryLoadData")) return failed(cudaErrorStreamCaptureUnsupported);
  *library = static_cast<cudaLibrary_t>(fresh());
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaLibraryGetKernel(cudaKernel_t* kernel, cudaLibrary_t, const char*) {
  *kernel = static_cast<cudaKernel_t>(fresh());
  return cudaSuccess;
}

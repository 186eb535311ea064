// Kernels of our own, compiled at run time for the device that there is.
#ifndef BCL_CUDA_KERNELS_H_
#define BCL_CUDA_KERNELS_H_

#include <cuda_runtime_api.h>

#include <string>

namespace bcl_cuda {

// compiled returns the code of kernels/norm.h for an architecture, such as "sm_90". It needs
// no device. It throws if NVRTC is not there or refuses.
std::string compiled(const std::string& architecture);

// norm_functions are the functions of kernels/norm.h on a device, for float and bfloat16.
struct norm_functions {
  cudaKernel_t prepare, total;
  cudaKernel_t apply[2], reduce[2], gradient[2];
};

// norm_functions_of returns the functions for the current device, null if they cannot be had,
// which the first caller is told on stderr. Where there are none, libtorch's operators do.
const norm_functions* norm_functions_of(int device);

}  // namespace bcl_cuda
#endif

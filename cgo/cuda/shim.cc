// The CUDA half of the C ABI: a library that the binary opens at run time (see
// ../cuda.cc). Built by the Makefile against the headers of the pinned wheels;
// its symbols of libtorch_cuda, c10_cuda and cudart are found in the libraries
// that were opened before it.
#include "kernels.h"
#include "parts.h"

#include <ATen/Context.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <stdexcept>
#include <string>

using bcl_cuda::guarded;
using bcl_cuda::text;

namespace {

// device_count fails with the reason if there is no device, instead of returning 0.
char* device_count(int32_t* n) {
  return guarded([&] { *n = c10::cuda::device_count_ensure_non_zero(); });
}

char* device_name(int32_t device, char** out) {
  return guarded([&] {
    cudaDeviceProp p;
    const cudaError_t e = cudaGetDeviceProperties(&p, device);
    if (e != cudaSuccess) throw std::runtime_error(cudaGetErrorString(e));
    *out = text(p.name);
  });
}

char* synchronize(int32_t device) {
  return guarded([&] {
    c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
    c10::cuda::device_synchronize();
  });
}

char* empty_cache() {
  return guarded([&] { c10::cuda::CUDACachingAllocator::emptyCache(); });
}

char* memory(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);  // before it there are no statistics
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device));
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    *allocated = stats.allocated_bytes[all].current;
    *peak = stats.allocated_bytes[all].peak;
    *reserved = stats.reserved_bytes[all].current;
  });
}

char* use_device(int32_t device) {
  return guarded([&] { c10::cuda::set_device(static_cast<c10::DeviceIndex>(device)); });
}

char* capability(int32_t device, int32_t* major, int32_t* minor) {
  return guarded([&] {
    cudaDeviceProp p;
    const cudaError_t e = cudaGetDeviceProperties(&p, device);
    if (e != cudaSuccess) throw std::runtime_error(cudaGetErrorString(e));
    *major = p.major;
    *minor = p.minor;
  });
}

char* compile(const char* architecture, int64_t* nbytes) {
  return guarded([&] { *nbytes = static_cast<int64_t>(bcl_cuda::compiled(architecture).size()); });
}

const bcl_cuda_functions table = {
    BCL_CUDA_VERSION,
    device_count,
    device_name,
    synchronize,
    empty_cache,
    memory,
    use_device,
    capability,
    bcl_cuda::stream_new,
    bcl_cuda::stream_current,
    bcl_cuda::stream_enter,
    bcl_cuda::stream_wait,
    bcl_cuda::stream_synchronize,
    bcl_cuda::event_new,
    bcl_cuda::event_free,
    bcl_cuda::event_record,
    bcl_cuda::event_query,
    bcl_cuda::graph_pool,
    bcl_cuda::graph_new,
    bcl_cuda::graph_free,
    bcl_cuda::graph_begin,
    bcl_cuda::graph_end,
    bcl_cuda::graph_replay,
    bcl_cuda::pinned_new,
    bcl_cuda::pinned_free,
    bcl_cuda::nccl_new,
    compile,
};

}  // namespace

const bcl_cuda_functions* bcl_cuda_entry() { return &table; }

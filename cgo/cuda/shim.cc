// The CUDA half of the C ABI: a library that the binary opens at run time (see
// ../cuda.cc). Built by the Makefile against the headers of the pinned wheels;
// its symbols of libtorch_cuda, c10_cuda and cudart are found in the libraries
// that were opened before it.
#include "shim.h"

#include <ATen/Context.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

char* text(const std::string& s) {
  char* m = static_cast<char*>(std::malloc(s.size() + 1));
  if (m != nullptr) std::memcpy(m, s.c_str(), s.size() + 1);
  return m;
}

template <typename F>
char* guarded(F&& f) {
  try {
    f();
    return nullptr;
  } catch (const c10::Error& e) {
    return text(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return text(e.what());
  } catch (...) {
    return text("CUDA code threw something that is not a std::exception");
  }
}

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

const bcl_cuda_functions table = {BCL_CUDA_VERSION, device_count, device_name, synchronize, empty_cache,
                                  memory,           use_device,   capability};

}  // namespace

const bcl_cuda_functions* bcl_cuda_entry() { return &table; }

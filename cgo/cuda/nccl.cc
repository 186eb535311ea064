// c10d's NCCL. The group is made in the libtorch of the process, on a store of the binary that
// opened this library. Where nccl.h is not there (NVIDIA's wheel of NCCL is in the pinned CUDA
// set only), the function says so.
#include "parts.h"

#if __has_include(<nccl.h>)
#define USE_C10D_NCCL
#define USE_DISTRIBUTED
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include <chrono>

char* bcl_cuda::nccl_new(void* store, int32_t rank, int32_t size, int64_t timeout_ms, void** group) {
  return guarded([&] {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = std::chrono::milliseconds(timeout_ms);
    auto at = c10::intrusive_ptr<c10d::Store>::unsafe_reclaim_from_nonowning(static_cast<c10d::Store*>(store));
    auto made = c10::make_intrusive<c10d::ProcessGroupNCCL>(std::move(at), rank, size, std::move(options));
    *group = static_cast<c10d::Backend*>(made.release());
  });
}

#else
#include <stdexcept>

char* bcl_cuda::nccl_new(void*, int32_t, int32_t, int64_t, void**) {
  return guarded([] { throw std::runtime_error("built without NCCL, whose header nccl.h was not there: BCL_CUDA=1 make build"); });
}
#endif

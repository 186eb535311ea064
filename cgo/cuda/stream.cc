// Streams of libtorch's pool, events, and pinned memory.
#include <c10/cuda/CUDAStream.h>

#include "parts.h"

namespace {

c10::cuda::CUDAStream stream_of(int32_t device, int64_t id) {
  const c10::Device d(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device));
  return c10::cuda::CUDAStream(c10::Stream(c10::Stream::UNSAFE, d, id));
}

cudaEvent_t event_of(void* e) { return static_cast<cudaEvent_t>(e); }

}  // namespace

char* bcl_cuda::stream_new(int32_t device, int64_t* stream) {
  return guarded([&] { *stream = c10::cuda::getStreamFromPool(/*isHighPriority=*/true, static_cast<c10::DeviceIndex>(device)).id(); });
}

char* bcl_cuda::stream_current(int32_t device, int64_t* stream) {
  return guarded([&] { *stream = c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(device)).id(); });
}

char* bcl_cuda::stream_enter(int32_t device, int64_t stream) {
  return guarded([&] { c10::cuda::setCurrentCUDAStream(stream_of(device, stream)); });
}

char* bcl_cuda::stream_wait(int32_t device, int64_t stream, void* event) {
  return guarded([&] { check("cudaStreamWaitEvent", cudaStreamWaitEvent(stream_of(device, stream).stream(), event_of(event), 0)); });
}

char* bcl_cuda::stream_synchronize(int32_t device, int64_t stream) {
  return guarded([&] { check("cudaStreamSynchronize", cudaStreamSynchronize(stream_of(device, stream).stream())); });
}

char* bcl_cuda::event_new(void** event) {
  return guarded([&] {
    cudaEvent_t e = nullptr;
    check("cudaEventCreate", cudaEventCreateWithFlags(&e, cudaEventDisableTiming));
    *event = e;
  });
}

void bcl_cuda::event_free(void* event) { cudaEventDestroy(event_of(event)); }

char* bcl_cuda::event_record(void* event, int32_t device, int64_t stream) {
  return guarded([&] { check("cudaEventRecord", cudaEventRecord(event_of(event), stream_of(device, stream).stream())); });
}

char* bcl_cuda::event_query(void* event, int32_t* done) {
  return guarded([&] {
    const cudaError_t e = cudaEventQuery(event_of(event));
    if (e == cudaErrorNotReady) {
      cudaGetLastError();  // it is no error
    } else {
      check("cudaEventQuery", e);
    }
    *done = e == cudaSuccess;
  });
}

// Not of libtorch's allocator, which ends the process when it gets memory back after the device
// has failed.
char* bcl_cuda::pinned_new(size_t nbytes, void** data) {
  return guarded([&] {
    check("cudaHostAlloc", cudaHostAlloc(data, nbytes, cudaHostAllocDefault));
    std::memset(*data, 0, nbytes);
  });
}

void bcl_cuda::pinned_free(void* data) { cudaFreeHost(data); }

// A null GPU: the entry points of the CUDA runtime, cuDNN's backend and cuBLAS that
// libtorch calls, which compute nothing. With it in LD_PRELOAD the libtorch_cuda of the
// wheel runs on a machine without a GPU: caching allocator, streams, autograd's device
// threads, autocast, the optimiser's kernels, graphs. Launches, copies and waits are
// counted, so that a test can assert them; calls that are illegal while a stream is being
// captured fail; devices, memory and failures can be set.
//
// It does not show numbers (every result is whatever the memory held), time, races,
// kernels that fail on real hardware, nor the engines that cuDNN would choose.
//
// Environment:
//   NULLGPU_COUNTS=FILE  holds the counts: an int64 for each Kind, in its order
//   NULLGPU_TRACE=FILE   appends a line for each call of interest
//   NULLGPU_DEVICES=N    devices there are (1)
//   NULLGPU_MEMORY=BYTES of each device (80 GiB)
//   NULLGPU_FAIL=N       after N launches every call fails, as after an illegal address
//
//   NULLGPU_CAPTURE=fail  makes every capture void
//   NULLGPU_NAN=N        after N copies to the host what they give is NaN
//
// Otherwise copies from the device give zeros, so that a loss is finite.
#ifndef BCL_NULLGPU_H_
#define BCL_NULLGPU_H_

#include <cuda_runtime_api.h>

#include <atomic>
#include <mutex>
#include <string>

#define NULLGPU_API extern "C" __attribute__((visibility("default")))

namespace nullgpu {

// What is counted.
enum Kind {
  LAUNCH,          // kernels of libtorch
  LIBRARY,         // operations of cuDNN and cuBLAS
  COPY_TO_HOST,
  COPY_PAGEABLE,   // of those and of the next, with memory that is not pinned
  COPY_FROM_HOST,
  COPY_ON_DEVICE,
  FILL,
  WAIT,            // the host waits for a stream, an event or the device
  SET_DEVICE,      // changes of the current device
  ALLOCATE,        // memory of the device
  ALLOCATE_HOST,   // pinned memory
  GRAPH,           // launches of a graph, whose operations are not counted again
  CAPTURED,        // operations of captured graphs
  ILLEGAL,         // calls that are illegal during capture
  KINDS,
};

void count(Kind k);
void trace(const char* format, ...) __attribute__((format(printf, 1, 2)));

// broken reports that the device has failed for good (NULLGPU_FAIL).
bool broken();

// A lock for all state but the counts.
using Lock = std::lock_guard<std::recursive_mutex>;
std::recursive_mutex& mutex();

// Memory: where a pointer lies.
enum Place { PAGEABLE, PINNED, DEVICE };
Place place(const void* p);

// Capture: operate counts an operation on a stream, or records it if the stream is being
// captured; it then returns true. forbidden reports, counts and traces a call that is
// illegal while any stream is being captured by this thread, or for the given stream.
bool operate(Kind k, cudaStream_t s, const std::string& what);
bool forbidden(const char* what);
bool forbidden_on(const char* what, cudaStream_t s);

// failed makes e the last error of this thread.
cudaError_t failed(cudaError_t e);

// fresh returns a handle that no other object has.
void* fresh();

}  // namespace nullgpu

#endif

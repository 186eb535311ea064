// What the CUDA library (shim.cc) exports to cuda.cc: a table of functions, each
// returning NULL or a malloc'ed message.
#ifndef BCL_CUDA_SHIM_H_
#define BCL_CUDA_SHIM_H_

#include <stddef.h>
#include <stdint.h>

// Incremented whenever the table changes.
#define BCL_CUDA_VERSION 4

extern "C" {
struct bcl_cuda_functions {
  int32_t version;
  char* (*device_count)(int32_t* n);
  char* (*device_name)(int32_t device, char** out);
  char* (*synchronize)(int32_t device);
  char* (*empty_cache)();
  char* (*memory)(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved);
  char* (*use_device)(int32_t device);
  char* (*capability)(int32_t device, int32_t* major, int32_t* minor);
  // Streams are numbers of libtorch's pool; 0 is the default stream.
  char* (*stream_new)(int32_t device, int64_t* stream);
  char* (*stream_current)(int32_t device, int64_t* stream);
  char* (*stream_enter)(int32_t device, int64_t stream);
  char* (*stream_wait)(int32_t device, int64_t stream, void* event);
  char* (*stream_synchronize)(int32_t device, int64_t stream);
  char* (*event_new)(void** event);
  void (*event_free)(void* event);
  char* (*event_record)(void* event, int32_t device, int64_t stream);
  char* (*event_query)(void* event, int32_t* done);
  char* (*graph_pool)(int64_t* pool);  // two numbers
  char* (*graph_new)(void** graph);
  void (*graph_free)(void* graph);
  char* (*graph_begin)(void* graph, const int64_t* pool);
  char* (*graph_end)(void* graph);
  char* (*graph_replay)(void* graph);
  char* (*pinned_new)(size_t nbytes, void** data);  // zeros
  void (*pinned_free)(void* data);
  // A c10d::ProcessGroupNCCL, owned by the caller, on a c10d::Store.
  char* (*nccl_new)(void* store, int32_t rank, int32_t size, int64_t timeout_ms, void** group);
  char* (*compile)(const char* architecture, int64_t* nbytes);  // kernels.h
};
const bcl_cuda_functions* bcl_cuda_entry();
}
#endif

// What the files of the CUDA library share.
#ifndef BCL_CUDA_PARTS_H_
#define BCL_CUDA_PARTS_H_

#include <c10/util/Exception.h>
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "shim.h"

namespace bcl_cuda {

inline char* text(const std::string& s) {
  char* m = static_cast<char*>(std::malloc(s.size() + 1));
  if (m != nullptr) std::memcpy(m, s.c_str(), s.size() + 1);
  return m;
}

// guarded runs f and turns whatever it throws into the call's error.
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

// check throws a failure of the runtime, and clears it.
inline void check(const char* what, cudaError_t e) {
  if (e == cudaSuccess) return;
  cudaGetLastError();
  throw std::runtime_error(std::string(what) + ": CUDA error: " + cudaGetErrorString(e));
}

// stream.cc
char* stream_new(int32_t device, int64_t* stream);
char* stream_current(int32_t device, int64_t* stream);
char* stream_enter(int32_t device, int64_t stream);
char* stream_wait(int32_t device, int64_t stream, void* event);
char* stream_synchronize(int32_t device, int64_t stream);
char* event_new(void** event);
void event_free(void* event);
char* event_record(void* event, int32_t device, int64_t stream);
char* event_query(void* event, int32_t* done);
char* pinned_new(size_t nbytes, void** data);
void pinned_free(void* data);

// nccl.cc
char* nccl_new(void* store, int32_t rank, int32_t size, int64_t timeout_ms, void** group);

// graph.cc
char* graph_pool(int64_t* pool);
char* graph_new(void** graph);
void graph_free(void* graph);
char* graph_begin(void* graph, const int64_t* pool);
char* graph_end(void* graph);
char* graph_replay(void* graph);

}  // namespace bcl_cuda
#endif

// Launches, streams, events, and what capture allows.
#include <cxxabi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nullgpu.h"

using namespace nullgpu;

namespace {

struct Capture {
  unsigned long long id;
  cudaStreamCaptureMode mode;
  long thread;
  long operations;
  bool invalid;
};

std::map<cudaStream_t, Capture>& captures() {
  static auto* m = new std::map<cudaStream_t, Capture>;
  return *m;
}

std::map<void*, long>& graphs() {  // operations of each
  static auto* m = new std::map<void*, long>;
  return *m;
}

std::unordered_map<const void*, const char*>& kernels() {  // names
  static auto* m = new std::unordered_map<const void*, const char*>;
  return *m;
}

thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

long thread() { return syscall(SYS_gettid); }

bool invalidate(Capture& c, const char* what) {
  c.invalid = true;
  count(ILLEGAL);
  trace("illegal in capture: %s", what);
  return true;
}

std::string name_of(const void* kernel) {
  Lock lock(mutex());
  auto at = kernels().find(kernel);
  if (at == kernels().end()) return "?";
  int status;
  char* text = abi::__cxa_demangle(at->second, nullptr, nullptr, &status);
  std::string name = text != nullptr ? text : at->second;
  free(text);
  return name.substr(0, 240);
}

cudaError_t launch(const void* kernel, cudaStream_t s) {
  if (broken()) return failed(cudaErrorIllegalAddress);
  static const bool named = getenv("NULLGPU_TRACE") != nullptr;
  operate(LAUNCH, s, named ? "launch " + name_of(kernel) : "");
  return broken() ? failed(cudaErrorIllegalAddress) : cudaSuccess;
}

cudaError_t wait(const char* what) {
  if (broken()) return cudaErrorIllegalAddress;
  if (forbidden(what)) return failed(cudaErrorStreamCaptureUnsupported);
  count(WAIT);
  trace("wait: %s", what);
  return cudaSuccess;
}

}  // namespace

bool nullgpu::operate(Kind k, cudaStream_t s, const std::string& what) {
  Lock lock(mutex());
  auto at = captures().find(s);
  if (at != captures().end()) {
    at->second.operations++;
    count(CAPTURED);
    trace("captured: %s", what.c_str());
    return true;
  }
  count(k);
  trace("%s", what.c_str());
  return false;
}

bool nullgpu::forbidden(const char* what) {
  Lock lock(mutex());
  if (thread_mode == cudaStreamCaptureModeRelaxed) return false;
  for (auto& [s, c] : captures()) {
    if (c.mode == cudaStreamCaptureModeGlobal || (c.mode == cudaStreamCaptureModeThreadLocal && c.thread == thread()))
      return invalidate(c, what);
  }
  return false;
}

bool nullgpu::forbidden_on(const char* what, cudaStream_t s) {
  Lock lock(mutex());
  auto at = captures().find(s);
  if (at != captures().end()) return invalidate(at->second, what);
  // The legacy stream waits for all others, so for one that is being captured.
  return s == nullptr && !captures().empty() && invalidate(captures().begin()->second, what);
}

NULLGPU_API void** __cudaRegisterFatBinary(void*) { return static_cast<void**>(calloc(1, 64)); }
NULLGPU_API void __cudaRegisterFatBinaryEnd(void**) {}
NULLGPU_API void __cudaUnregisterFatBinary(void**) {}
NULLGPU_API void __cudaRegisterVar(void**, char*, char*, const char*, int, size_t, int, int) {}
NULLGPU_API void __cudaRegisterFunction(void**, const char* kernel, char*, const char* name, int, uint3*, uint3*, dim3*, dim3*, int*) {
  Lock lock(mutex());
  kernels()[kernel] = name;
}

namespace {
struct Configuration {
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
};
thread_local std::vector<Configuration> pushed;
}  // namespace

NULLGPU_API unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, cudaStream_t s) {
  pushed.push_back({grid, block, shared, s});
  return 0;
}

NULLGPU_API cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* s) {
  const Configuration c = pushed.back();
  pushed.pop_back();
  *grid = c.grid;
  *block = c.block;
  *shared = c.shared;
  *static_cast<cudaStream_t*>(s) = c.stream;
  return cudaSuccess;
}

NULLGPU_API cudaError_t __cudaGetKernel(cudaKernel_t* k, const void* f) {
  *k = static_cast<cudaKernel_t>(const_cast<void*>(f));
  return cudaSuccess;
}
NULLGPU_API cudaError_t __cudaLaunchKernel(cudaKernel_t k, dim3, dim3, void**, size_t, cudaStream_t s) { return launch(k, s); }
NULLGPU_API cudaError_t cudaLaunchKernel(const void* f, dim3, dim3, void**, size_t, cudaStream_t s) { return launch(f, s); }
NULLGPU_API cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* c, const void* f, void**) { return launch(f, c->stream); }
NULLGPU_API cudaError_t cudaLaunchCooperativeKernel(const void* f, dim3, dim3, void**, size_t, cudaStream_t s) { return launch(f, s); }

NULLGPU_API cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* a, const void*) {
  memset(a, 0, sizeof *a);
  a->binaryVersion = a->ptxVersion = 90;
  a->maxThreadsPerBlock = 1024;
  a->numRegs = 32;
  a->maxDynamicSharedSizeBytes = 232448;
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* n, const void*, int, size_t) { *n = 2; return cudaSuccess; }
NULLGPU_API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* n, const void*, int, size_t, unsigned) {
  *n = 2;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaStreamCreateWithPriority(cudaStream_t* s, unsigned, int) {
  *s = static_cast<cudaStream_t>(fresh());
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaStreamDestroy(cudaStream_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  if (forbidden_on("cudaStreamSynchronize", s)) return failed(cudaErrorStreamCaptureUnsupported);
  return wait("stream");
}
NULLGPU_API cudaError_t cudaStreamQuery(cudaStream_t s) {
  if (broken()) return cudaErrorIllegalAddress;
  return forbidden_on("cudaStreamQuery", s) ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}
NULLGPU_API cudaError_t cudaDeviceSynchronize() { return wait("device"); }
NULLGPU_API cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaStreamAddCallback(cudaStream_t s, cudaStreamCallback_t f, void* user, unsigned) {
  f(s, cudaSuccess, user);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  *e = static_cast<cudaEvent_t>(fresh());
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaEventCreate(cudaEvent_t* e) { return cudaEventCreateWithFlags(e, 0); }
NULLGPU_API cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t, cudaEvent_t) { *ms = 1; return cudaSuccess; }
NULLGPU_API cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaEventRecordWithFlags(cudaEvent_t, cudaStream_t, unsigned) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaEventSynchronize(cudaEvent_t) { return wait("event"); }
NULLGPU_API cudaError_t cudaEventQuery(cudaEvent_t) {
  if (broken()) return cudaErrorIllegalAddress;
  return forbidden("cudaEventQuery") ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}

NULLGPU_API cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  std::swap(*mode, thread_mode);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode mode) {
  static unsigned long long last = 0;
  Lock lock(mutex());
  if (s == nullptr) return failed(cudaErrorStreamCaptureUnsupported);
  captures()[s] = {++last, mode, thread(), 0, false};
  trace("capture begins");
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* g) {
  Lock lock(mutex());
  auto at = captures().find(s);
  if (at == captures().end()) return failed(cudaErrorIllegalState);
  const Capture c = at->second;
  captures().erase(at);
  trace("capture ends: %ld operations%s", c.operations, c.invalid ? ", invalid" : "");
  *g = nullptr;
  static const bool fail = getenv("NULLGPU_CAPTURE") != nullptr;
  if (c.invalid || fail) return failed(cudaErrorStreamCaptureInvalidated);
  *g = static_cast<cudaGraph_t>(fresh());
  graphs()[*g] = c.operations;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaStreamIsCapturing(cudaStream_t s, cudaStreamCaptureStatus* status) {
  if (broken()) return cudaErrorIllegalAddress;
  Lock lock(mutex());
  *status = captures().count(s) != 0 ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaStreamGetCaptureInfo(cudaStream_t s, cudaStreamCaptureStatus* status, unsigned long long* id, cudaGraph_t* g,
                                                 const cudaGraphNode_t** nodes, const cudaGraphEdgeData** edges, size_t* n) {
  if (broken()) return cudaErrorIllegalAddress;
  static cudaGraphNode_t none[1];
  static void* const unknown = fresh();
  Lock lock(mutex());
  auto at = captures().find(s);
  *status = at == captures().end() ? cudaStreamCaptureStatusNone : cudaStreamCaptureStatusActive;
  if (at != captures().end() && id != nullptr) *id = at->second.id;
  if (g != nullptr) *g = static_cast<cudaGraph_t>(unknown);
  if (nodes != nullptr) *nodes = none;
  if (edges != nullptr) *edges = nullptr;
  if (n != nullptr) *n = 0;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaGraphGetNodes(cudaGraph_t g, cudaGraphNode_t*, size_t* n) {
  Lock lock(mutex());
  *n = graphs()[g];
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaGraphNodeGetDependencies(cudaGraphNode_t, cudaGraphNode_t*, cudaGraphEdgeData*, size_t* n) {
  *n = 0;
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* e, cudaGraph_t g, unsigned long long) {
  *e = reinterpret_cast<cudaGraphExec_t>(g);
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaGraphLaunch(cudaGraphExec_t e, cudaStream_t s) {
  if (broken()) return cudaErrorIllegalAddress;
  Lock lock(mutex());
  operate(GRAPH, s, "graph of " + std::to_string(graphs()[e]) + " operations");
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaGraphDestroy(cudaGraph_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaGraphDebugDotPrint(cudaGraph_t, const char*, unsigned) { return cudaSuccess; }

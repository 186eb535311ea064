// cuDNN's backend and cuBLAS of the null GPU. Every descriptor keeps what it was given,
// heuristics find one engine, and an execution is one operation.
#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "nullgpu.h"

using namespace nullgpu;

namespace {

std::map<void*, cudaStream_t>& streams() {  // of handles
  static auto* m = new std::map<void*, cudaStream_t>;
  return *m;
}

void set_stream(void* handle, cudaStream_t s) {
  Lock lock(mutex());
  streams()[handle] = s;
}

cudaStream_t stream_of(void* handle) {
  Lock lock(mutex());
  return streams()[handle];
}

struct Descriptor {
  cudnnBackendDescriptorType_t type;
  std::map<int, std::vector<char>> values;
  std::map<int, int64_t> counts;
};

size_t size_of(cudnnBackendAttributeType_t t) {
  switch (t) {
    case CUDNN_TYPE_INT64: case CUDNN_TYPE_DOUBLE: case CUDNN_TYPE_VOID_PTR:
    case CUDNN_TYPE_BACKEND_DESCRIPTOR: case CUDNN_TYPE_HANDLE: return 8;
    case CUDNN_TYPE_BOOLEAN: case CUDNN_TYPE_CHAR: return 1;
    default: return 4;
  }
}

cudnnStatus_t executed(void* handle, const char* what) {
  operate(LIBRARY, stream_of(handle), what);
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

NULLGPU_API cudnnStatus_t cudnnCreate(cudnnHandle_t* h) {
  *h = static_cast<cudnnHandle_t>(fresh());
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnSetStream(cudnnHandle_t h, cudaStream_t s) {
  set_stream(h, s);
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnGetStream(cudnnHandle_t h, cudaStream_t* s) {
  *s = stream_of(h);
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API const char* cudnnGetErrorString(cudnnStatus_t) { return "error of the null cuDNN"; }

NULLGPU_API cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t t, cudnnBackendDescriptor_t* d) {
  *d = reinterpret_cast<cudnnBackendDescriptor_t>(new Descriptor{t, {}, {}});
  return CUDNN_STATUS_SUCCESS;
}
// Not freed: an execution plan may refer to it.
NULLGPU_API cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t) { return CUDNN_STATUS_SUCCESS; }
NULLGPU_API cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t) { return CUDNN_STATUS_SUCCESS; }

NULLGPU_API cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t d, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t t,
                                                   int64_t n, const void* values) {
  auto* x = reinterpret_cast<Descriptor*>(d);
  const char* bytes = static_cast<const char*>(values);
  x->values[name].assign(bytes, bytes + n * size_of(t));
  x->counts[name] = n;
  return CUDNN_STATUS_SUCCESS;
}

NULLGPU_API cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t d, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t t,
                                                   int64_t room, int64_t* n, void* values) {
  auto* x = reinterpret_cast<Descriptor*>(d);
  int64_t ignored;
  if (n == nullptr) n = &ignored;
  switch (name) {
    case CUDNN_ATTR_ENGINEHEUR_RESULTS:
      *n = 1;
      if (values != nullptr && room > 0) {
        auto* first = *static_cast<cudnnBackendDescriptor_t*>(values);
        if (first != nullptr) reinterpret_cast<Descriptor*>(first)->type = CUDNN_BACKEND_ENGINECFG_DESCRIPTOR;
      }
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_ENGINECFG_ENGINE:
      *n = 1;
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_ENGINE_NUMERICAL_NOTE: case CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE:
    case CUDNN_ATTR_ENGINE_KNOB_INFO: case CUDNN_ATTR_ENGINECFG_KNOB_CHOICES:
      *n = 0;
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_OPERATIONGRAPH_ENGINE_GLOBAL_COUNT:
      *n = *static_cast<int64_t*>(values) = 1;
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE: case CUDNN_ATTR_ENGINECFG_WORKSPACE_SIZE:
      *static_cast<int64_t*>(values) = 1 << 20;
      *n = 1;
      return CUDNN_STATUS_SUCCESS;
    default:
      break;
  }
  auto at = x->values.find(name);
  if (at != x->values.end()) {
    if (values != nullptr) memcpy(values, at->second.data(), std::min<size_t>(at->second.size(), room * size_of(t)));
    *n = x->counts[name];
    return CUDNN_STATUS_SUCCESS;
  }
  *n = t == CUDNN_TYPE_INT64 ? 1 : 0;
  if (*n == 1 && values != nullptr && room > 0) *static_cast<int64_t*>(values) = 0;
  return CUDNN_STATUS_SUCCESS;
}

NULLGPU_API cudnnStatus_t cudnnBackendExecute(cudnnHandle_t h, cudnnBackendDescriptor_t, cudnnBackendDescriptor_t) {
  return executed(h, "cuDNN");
}

// Batch normalisation, where libtorch uses cuDNN's.
NULLGPU_API cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* d) {
  *d = static_cast<cudnnTensorDescriptor_t>(fresh());
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t, cudnnDataType_t, int, const int*, const int*) {
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t) { return CUDNN_STATUS_SUCCESS; }
NULLGPU_API cudnnStatus_t cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(
    cudnnHandle_t, cudnnBatchNormMode_t, cudnnBatchNormOps_t, cudnnTensorDescriptor_t, cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
    cudnnTensorDescriptor_t, cudnnActivationDescriptor_t, size_t* n) {
  *n = 1024;
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnGetBatchNormalizationTrainingExReserveSpaceSize(
    cudnnHandle_t, cudnnBatchNormMode_t, cudnnBatchNormOps_t, cudnnActivationDescriptor_t, cudnnTensorDescriptor_t, size_t* n) {
  *n = 1024;
  return CUDNN_STATUS_SUCCESS;
}
NULLGPU_API cudnnStatus_t cudnnGetBatchNormalizationBackwardExWorkspaceSize(
    cudnnHandle_t, cudnnBatchNormMode_t, cudnnBatchNormOps_t, cudnnTensorDescriptor_t, cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
    cudnnTensorDescriptor_t, cudnnTensorDescriptor_t, cudnnTensorDescriptor_t, cudnnActivationDescriptor_t, size_t* n) {
  *n = 1024;
  return CUDNN_STATUS_SUCCESS;
}

// Functions of which only the handle matters: the header's long declarations cannot be
// repeated with other arguments, so they are defined under another name.
#define EXECUTED(function)                                                                        \
  __attribute__((visibility("default"))) int null_##function(void* handle, ...) __asm__(#function); \
  int null_##function(void* handle, ...) { return executed(handle, #function); }

EXECUTED(cudnnBatchNormalizationForwardTrainingEx)
EXECUTED(cudnnBatchNormalizationBackwardEx)
EXECUTED(cudnnBatchNormalizationForwardInference)

// cuBLAS and cuBLASLt, whose headers are not needed: handles and descriptors are pointers.
EXECUTED(cublasSgemm_v2)
EXECUTED(cublasDgemm_v2)
EXECUTED(cublasGemmEx)
EXECUTED(cublasSgemmEx)
EXECUTED(cublasGemmStridedBatchedEx)
EXECUTED(cublasSgemmStridedBatched)
EXECUTED(cublasDgemmStridedBatched)
EXECUTED(cublasSgemv_v2)
EXECUTED(cublasDgemv_v2)
EXECUTED(cublasSdot_v2)
EXECUTED(cublasDdot_v2)

#define CREATED(function)               \
  NULLGPU_API int function(void** p, ...) { \
    *p = calloc(1, 256);                \
    return 0;                           \
  }
#define DONE(function) \
  NULLGPU_API int function(void*, ...) { return 0; }

CREATED(cublasCreate_v2)
DONE(cublasDestroy_v2)
NULLGPU_API int cublasSetStream_v2(void* h, cudaStream_t s) {
  set_stream(h, s);
  return 0;
}
DONE(cublasSetWorkspace_v2)
DONE(cublasSetMathMode)
DONE(cublasSetPointerMode_v2)
NULLGPU_API int cublasGetMathMode(void*, int* mode) { return *mode = 0; }
NULLGPU_API int cublasGetPointerMode_v2(void*, int* mode) { return *mode = 0; }

CREATED(cublasLtMatmulDescCreate)
CREATED(cublasLtMatrixLayoutCreate)
CREATED(cublasLtMatmulPreferenceCreate)
DONE(cublasLtMatmulDescDestroy)
DONE(cublasLtMatrixLayoutDestroy)
DONE(cublasLtMatmulPreferenceDestroy)
DONE(cublasLtMatmulDescSetAttribute)
DONE(cublasLtMatrixLayoutSetAttribute)
DONE(cublasLtMatmulPreferenceSetAttribute)

// One algorithm, as cublasLtMatmulHeuristicResult_t lays it out (104 bytes).
NULLGPU_API int cublasLtMatmulAlgoGetHeuristic(void*, void*, void*, void*, void*, void*, void*, int, void* results, int* n) {
  memset(results, 0, 104);
  *n = 1;
  return 0;
}
NULLGPU_API int cublasLtMatmul(void*, void*, const void*, const void*, void*, const void*, void*, const void*, const void*, void*, void*, void*,
                               const void*, void*, size_t, cudaStream_t s) {
  operate(LIBRARY, s, "cublasLtMatmul");
  return 0;
}

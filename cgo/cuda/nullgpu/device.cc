// Devices of the null GPU: those of an H100, by what libtorch asks.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "nullgpu.h"

using namespace nullgpu;

namespace {

thread_local int current = 0;
thread_local cudaError_t last = cudaSuccess;

int devices() {
  const char* text = getenv("NULLGPU_DEVICES");
  return text == nullptr ? 1 : atoi(text);
}

}  // namespace

cudaError_t nullgpu::failed(cudaError_t e) { return last = e; }

NULLGPU_API cudaError_t cudaGetLastError() {
  if (broken()) return cudaErrorIllegalAddress;
  const cudaError_t e = last;
  last = cudaSuccess;
  return e;
}

NULLGPU_API cudaError_t cudaPeekAtLastError() { return broken() ? cudaErrorIllegalAddress : last; }

NULLGPU_API const char* cudaGetErrorString(cudaError_t e) {
  switch (e) {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorNoDevice: return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    case cudaErrorIllegalAddress: return "an illegal memory access was encountered";
    case cudaErrorStreamCaptureUnsupported: return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureInvalidated: return "operation failed due to a previous error during capture";
    default: break;
  }
  static thread_local char text[40];
  snprintf(text, sizeof text, "CUDA error %d", e);
  return text;
}

NULLGPU_API const char* cudaGetErrorName(cudaError_t e) { return cudaGetErrorString(e); }

NULLGPU_API cudaError_t cudaGetDeviceCount(int* n) {
  *n = devices();
  return *n > 0 ? cudaSuccess : cudaErrorNoDevice;
}

NULLGPU_API cudaError_t cudaGetDevice(int* device) {
  *device = current;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaSetDevice(int device) {
  if (device < 0 || device >= devices()) return failed(cudaErrorInvalidDevice);
  if (device != current) count(SET_DEVICE);
  current = device;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr a, int) {
  switch (a) {
    case cudaDevAttrComputeCapabilityMajor: *value = 9; break;
    case cudaDevAttrMultiProcessorCount: *value = 132; break;
    case cudaDevAttrMaxSharedMemoryPerBlock: *value = 49152; break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = 232448; break;
    case cudaDevAttrMaxThreadsPerBlock: *value = 1024; break;
    case cudaDevAttrMaxThreadsPerMultiProcessor: *value = 2048; break;
    case cudaDevAttrWarpSize: *value = 32; break;
    case cudaDevAttrMaxGridDimX: *value = 2147483647; break;
    case cudaDevAttrMaxGridDimY: case cudaDevAttrMaxGridDimZ: *value = 65535; break;
    default: *value = 0;
  }
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int device) {
  if (device < 0 || device >= devices()) return failed(cudaErrorInvalidDevice);
  memset(p, 0, sizeof *p);
  strcpy(p->name, "Null GPU");
  p->major = 9;
  p->multiProcessorCount = 132;
  p->totalGlobalMem = size_t{80} << 30;
  p->warpSize = 32;
  p->maxThreadsPerBlock = 1024;
  p->maxThreadsPerMultiProcessor = 2048;
  p->maxBlocksPerMultiProcessor = 32;
  p->sharedMemPerBlock = 49152;
  p->sharedMemPerBlockOptin = 232448;
  p->sharedMemPerMultiprocessor = 233472;
  p->regsPerBlock = p->regsPerMultiprocessor = 65536;
  p->maxGridSize[0] = 2147483647;
  p->maxGridSize[1] = p->maxGridSize[2] = 65535;
  p->maxThreadsDim[0] = p->maxThreadsDim[1] = 1024;
  p->maxThreadsDim[2] = 64;
  p->l2CacheSize = 50 << 20;
  p->memoryBusWidth = 5120;
  p->textureAlignment = 512;
  p->unifiedAddressing = p->canMapHostMemory = 1;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaDriverGetVersion(int* v) { *v = 13000; return cudaSuccess; }
NULLGPU_API cudaError_t cudaRuntimeGetVersion(int* v) { *v = 13000; return cudaSuccess; }
NULLGPU_API cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  *least = 0;
  *greatest = -5;
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaDeviceGetPCIBusId(char* id, int n, int device) {
  snprintf(id, n, "0000:%02x:00.0", device);
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) { *can = 0; return cudaSuccess; }
NULLGPU_API cudaError_t cudaDeviceEnablePeerAccess(int, unsigned) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaIpcCloseMemHandle(void*) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** f, unsigned, unsigned long long,
                                                         cudaDriverEntryPointQueryResult* r) {
  trace("driver entry point %s", name);
  *f = nullptr;
  if (r != nullptr) *r = cudaDriverEntryPointSymbolNotFound;
  return cudaSuccess;
}

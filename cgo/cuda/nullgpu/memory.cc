// Memory of the null GPU: mapped, and backed only where something is written.
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "nullgpu.h"

using namespace nullgpu;

namespace {

struct Block {
  size_t size;
  Place place;
  bool mapped;  // here, not by the caller
};

std::map<const char*, Block>& blocks() {
  static auto* m = new std::map<const char*, Block>;
  return *m;
}

size_t used = 0;

size_t capacity() {
  const char* text = getenv("NULLGPU_MEMORY");
  return text == nullptr ? size_t{80} << 30 : strtoull(text, nullptr, 10);
}

void* map(size_t n, Place where) {
  n = (n + (2 << 20) - 1) >> 21 << 21;
  if (where == DEVICE && used + n > capacity()) return nullptr;
  void* p = mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  blocks()[static_cast<char*>(p)] = {n, where, true};
  if (where == DEVICE) used += n;
  return p;
}

void unmap(void* p) {
  auto at = blocks().find(static_cast<char*>(p));
  if (at == blocks().end()) return;
  if (at->second.place == DEVICE) used -= at->second.size;
  if (at->second.mapped) munmap(p, at->second.size);
  blocks().erase(at);
}

// fetched_byte is what every byte from the device is.
int fetched_byte() {
  static const char* const text = getenv("NULLGPU_NAN");
  static long fetched = 0;
  return text != nullptr && fetched++ >= atol(text) ? 0xff : 0;
}

cudaError_t copy(void* to, const void* from, size_t n, cudaStream_t s) {
  if (broken()) return cudaErrorIllegalAddress;
  Lock lock(mutex());
  const Place source = place(from), target = place(to);
  const bool pageable = source == PAGEABLE || target == PAGEABLE;
  if (pageable && forbidden_on("a copy of memory that is not pinned", s)) return failed(cudaErrorStreamCaptureUnsupported);
  const Kind kind = source == DEVICE ? (target == DEVICE ? COPY_ON_DEVICE : COPY_TO_HOST) : COPY_FROM_HOST;
  if (operate(kind, s, "copy of " + std::to_string(n) + " bytes" + (pageable ? ", pageable" : ""))) return cudaSuccess;
  if (pageable) count(COPY_PAGEABLE);
  if (kind == COPY_TO_HOST) {
    memset(to, fetched_byte(), n);
  } else {
    memcpy(to, from, n);
  }
  return cudaSuccess;
}

}  // namespace

Place nullgpu::place(const void* p) {
  Lock lock(mutex());
  auto at = blocks().upper_bound(static_cast<const char*>(p));
  if (at == blocks().begin()) return PAGEABLE;
  --at;
  return static_cast<const char*>(p) < at->first + at->second.size ? at->second.place : PAGEABLE;
}

NULLGPU_API cudaError_t cudaMalloc(void** p, size_t n) {
  if (broken()) return cudaErrorIllegalAddress;
  Lock lock(mutex());
  if (forbidden("cudaMalloc")) return failed(cudaErrorStreamCaptureUnsupported);
  count(ALLOCATE);
  trace("cudaMalloc %zu", n);
  *p = map(n, DEVICE);
  return *p != nullptr ? cudaSuccess : failed(cudaErrorMemoryAllocation);
}

NULLGPU_API cudaError_t cudaFree(void* p) {
  if (broken()) return cudaErrorIllegalAddress;
  Lock lock(mutex());
  unmap(p);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaMallocAsync(void** p, size_t n, cudaStream_t) { return cudaMalloc(p, n); }
NULLGPU_API cudaError_t cudaFreeAsync(void* p, cudaStream_t) { return cudaFree(p); }

NULLGPU_API cudaError_t cudaHostAlloc(void** p, size_t n, unsigned) {
  Lock lock(mutex());
  if (forbidden("cudaHostAlloc")) return failed(cudaErrorStreamCaptureUnsupported);
  count(ALLOCATE_HOST);
  trace("cudaHostAlloc %zu", n);
  *p = map(n, PINNED);
  return *p != nullptr ? cudaSuccess : failed(cudaErrorMemoryAllocation);
}

NULLGPU_API cudaError_t cudaFreeHost(void* p) {
  Lock lock(mutex());
  unmap(p);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaHostRegister(void* p, size_t n, unsigned) {
  Lock lock(mutex());
  blocks()[static_cast<char*>(p)] = {n, PINNED, false};
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaHostUnregister(void* p) { return cudaFreeHost(p); }

NULLGPU_API cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  Lock lock(mutex());
  *total = capacity();
  *free = *total - used;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* a, const void* p) {
  memset(a, 0, sizeof *a);
  switch (place(p)) {
    case DEVICE: a->type = cudaMemoryTypeDevice; break;
    case PINNED: a->type = cudaMemoryTypeHost; break;
    case PAGEABLE: a->type = cudaMemoryTypeUnregistered; return cudaSuccess;
  }
  a->devicePointer = const_cast<void*>(p);
  if (a->type == cudaMemoryTypeHost) a->hostPointer = a->devicePointer;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaGetSymbolAddress(void** p, const void* symbol) {
  static auto* known = new std::map<const void*, void*>;
  Lock lock(mutex());
  void*& address = (*known)[symbol];
  if (address == nullptr) address = map(1 << 20, DEVICE);
  *p = address;
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t n, cudaMemcpyKind, cudaStream_t s) {
  return copy(to, from, n, s);
}

// The plain copies wait for the default stream.
NULLGPU_API cudaError_t cudaMemcpy(void* to, const void* from, size_t n, cudaMemcpyKind) {
  if (forbidden("cudaMemcpy")) return failed(cudaErrorStreamCaptureUnsupported);
  count(WAIT);
  return copy(to, from, n, nullptr);
}

NULLGPU_API cudaError_t cudaMemcpyPeerAsync(void* to, int, const void* from, int, size_t n, cudaStream_t s) {
  return copy(to, from, n, s);
}

NULLGPU_API cudaError_t cudaMemcpyToSymbol(const void*, const void*, size_t, size_t, cudaMemcpyKind) {
  count(COPY_FROM_HOST);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaMemsetAsync(void* p, int value, size_t n, cudaStream_t s) {
  if (broken()) return cudaErrorIllegalAddress;
  if (!operate(FILL, s, "fill of " + std::to_string(n) + " bytes") && n < (size_t{64} << 20)) memset(p, value, n);
  return cudaSuccess;
}

NULLGPU_API cudaError_t cudaMemset(void* p, int value, size_t n) { return cudaMemsetAsync(p, value, n, nullptr); }

NULLGPU_API cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int) {
  *pool = static_cast<cudaMemPool_t>(fresh());
  return cudaSuccess;
}
NULLGPU_API cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaMemPoolSetAccess(cudaMemPool_t, const cudaMemAccessDesc*, size_t) { return cudaSuccess; }
NULLGPU_API cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, size_t) { return cudaSuccess; }

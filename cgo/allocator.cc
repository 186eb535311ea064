// Memory of CPU tensors. A training step allocates hundreds of megabytes of
// activations and frees them all; glibc gives blocks of that size back to the
// system, which zeroes their pages again at the next step. This allocator keeps
// them, and asks for huge pages. Small blocks stay with malloc.
//
// What it holds, in use or kept, never exceeds 5/4 of the peak use. A kept block serves a
// request that is smaller by up to a fifth, such as those of an epoch's last, smaller batch.
// BCL_CPU_ALLOCATOR=malloc in the environment keeps libtorch's own allocator.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace {

constexpr size_t kSmall = 256 << 10;    // below this malloc is as good
constexpr size_t kHugePage = 2 << 20;   // of x86-64
constexpr size_t kHeader = 64;          // before the data; keeps their alignment

// Header precedes the data of every block of this allocator.
struct Header {
  size_t size;  // of the mapping; 0 for a small block
};
static_assert(sizeof(Header) <= kHeader);

// round_up rounds sizes to eight steps per doubling, so that freed blocks fit new
// requests.
size_t round_up(size_t n) {
  size_t step = 4096;
  while (step * 16 < n) step *= 2;
  return (n + step - 1) / step * step;
}

class KeepingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t n) override {
    if (n == 0) return {nullptr, nullptr, &free_block, c10::Device(c10::DeviceType::CPU)};
    void* base = n + kHeader < kSmall ? small(n + kHeader) : large(round_up(n + kHeader));
    void* data = static_cast<char*>(base) + kHeader;
    return {data, data, &free_block, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void* dst, const void* src, std::size_t n) const override { std::memcpy(dst, src, n); }

 private:
  void* small(size_t n) {
    void* base = nullptr;
    try {
      base = c10::alloc_cpu(n);
    } catch (const c10::Error&) {
      std::lock_guard<std::mutex> lock(mu_);
      drop();
      base = c10::alloc_cpu(n);
    }
    new (base) Header{0};
    return base;
  }

  void* large(size_t size) {
    std::lock_guard<std::mutex> lock(mu_);
    void* base = take(size);
    if (base != nullptr) size = static_cast<Header*>(base)->size;
    const size_t used = used_ + size, most = std::max(most_, used);
    if (base == nullptr) {
      shrink(most + most / 4 - used);
      base = map(size);
    }
    if (base == nullptr) {
      // Under a limit (ulimit -v, overcommit_memory=2) kept blocks can exhaust it.
      drop();
      base = map(size);
    }
    TORCH_CHECK(base != nullptr, "out of memory: no room for a tensor of ", size, " bytes");
    used_ = used;
    most_ = most;  // not before: a refused request must not raise the bound
    return base;
  }

  // take returns the smallest kept block that fits and is not much larger, else nullptr.
  void* take(size_t size) {
    auto at = kept_.lower_bound(size);
    while (at != kept_.end() && at->second.empty()) at = kept_.erase(at);
    if (at == kept_.end() || at->first > size + size / 4) return nullptr;
    void* base = at->second.back();
    at->second.pop_back();
    kept_bytes_ -= at->first;
    return base;
  }

  static void* map(size_t size) {
    void* base = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return nullptr;
    if (size >= kHugePage) madvise(base, size, MADV_HUGEPAGE);
    new (base) Header{size};
    return base;
  }

  // shrink returns kept blocks to the system, the largest first, until they are at most that
  // many bytes.
  void shrink(size_t most) {
    while (kept_bytes_ > most) {
      const auto last = std::prev(kept_.end());
      for (auto& blocks = last->second; kept_bytes_ > most && !blocks.empty(); blocks.pop_back()) {
        munmap(blocks.back(), last->first);
        kept_bytes_ -= last->first;
      }
      if (last->second.empty()) kept_.erase(last);
    }
  }

  void drop() { shrink(0); }

  static void free_block(void* data);

  std::mutex mu_;  // guards everything below; the system calls take a lock of the process anyway
  std::map<size_t, std::vector<void*>> kept_;  // free blocks by size
  size_t kept_bytes_ = 0, used_ = 0, most_ = 0;
};

// instance is never destroyed: tensors may outlive everything else.
KeepingAllocator& instance() {
  static auto* allocator = new KeepingAllocator;
  return *allocator;
}

void KeepingAllocator::free_block(void* data) {
  if (data == nullptr) return;
  void* base = static_cast<char*>(data) - kHeader;
  const size_t size = static_cast<Header*>(base)->size;
  if (size == 0) {
    c10::free_cpu(base);
    return;
  }
  KeepingAllocator& a = instance();
  std::lock_guard<std::mutex> lock(a.mu_);
  a.used_ -= size;
  a.kept_bytes_ += size;
  a.kept_[size].push_back(base);
}

[[maybe_unused]] const bool installed = [] {
  const char* choice = std::getenv("BCL_CPU_ALLOCATOR");
  if (choice != nullptr && std::strcmp(choice, "malloc") == 0) return false;
  c10::SetCPUAllocator(&instance(), /*priority=*/1);
  return true;
}();

}  // namespace

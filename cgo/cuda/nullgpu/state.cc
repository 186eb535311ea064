// Counts, the trace, and failures.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "nullgpu.h"

namespace nullgpu {

namespace {

// The counts, in a file if NULLGPU_COUNTS names one: Go programs end without destructors.
// Processes that share the file add up.
std::atomic<int64_t>* map_counts() {
  static std::atomic<int64_t> here[KINDS];
  const char* path = getenv("NULLGPU_COUNTS");
  const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CREAT, 0644);
  if (file < 0 || ftruncate(file, sizeof here) != 0) return here;
  void* p = mmap(nullptr, sizeof here, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return p == MAP_FAILED ? here : static_cast<std::atomic<int64_t>*>(p);
}

std::atomic<int64_t>& count_of(Kind k) {
  static std::atomic<int64_t>* const counts = map_counts();
  return counts[k];
}

int open_trace() {
  const char* path = getenv("NULLGPU_TRACE");
  return path == nullptr ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
}

}  // namespace

namespace {
std::atomic<long> launched{0};  // by this process
}

void count(Kind k) {
  count_of(k)++;
  if (k == LAUNCH) launched++;
}

void trace(const char* format, ...) {
  static const int file = open_trace();
  if (file < 0) return;
  char line[512];
  int n = snprintf(line, sizeof line, "%ld ", static_cast<long>(syscall(SYS_gettid)));
  va_list args;
  va_start(args, format);
  n += vsnprintf(line + n, sizeof line - n - 1, format, args);
  va_end(args);
  if (n > static_cast<int>(sizeof line) - 2) n = sizeof line - 2;
  line[n++] = '\n';
  if (write(file, line, n) < 0) return;
}

bool broken() {
  static const char* const text = getenv("NULLGPU_FAIL");
  static const long limit = text == nullptr ? -1 : atol(text);
  return limit >= 0 && launched > limit;
}

// Never destroyed: threads may still call while the process ends.
std::recursive_mutex& mutex() {
  static auto* m = new std::recursive_mutex;
  return *m;
}

void* fresh() {
  static std::atomic<long> last{4096};
  return reinterpret_cast<void*>(last += 16);
}

}  // namespace nullgpu

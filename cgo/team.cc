#include "team.h"

#include <dlfcn.h>

namespace {

// The entry points that GCC's -fopenmp calls, of libgomp; LLVM's and Intel's libraries have
// them too.
struct openmp {
  void (*parallel)(void (*)(void*), void*, unsigned, unsigned);
  void (*barrier)();
  int (*rank)();
  int (*size)();
};

template <typename F>
bool find(const char* name, F& f) {
  f = reinterpret_cast<F>(dlsym(RTLD_DEFAULT, name));
  return f != nullptr;
}

const openmp* functions() {
  static openmp o;
  static const bool found = find("GOMP_parallel", o.parallel) && find("GOMP_barrier", o.barrier) &&
                            find("omp_get_thread_num", o.rank) && find("omp_get_num_threads", o.size);
  return found ? &o : nullptr;
}

struct call {
  bcl::member f;
  void* work;
};

void enter(void* data) {
  const call& c = *static_cast<call*>(data);
  c.f(c.work, functions()->rank(), functions()->size());
}

}  // namespace

bool bcl::teams() { return functions() != nullptr; }

void bcl::run_team(int threads, member f, void* work) {
  if (threads == 1) return f(work, 0, 1);
  call c{f, work};
  functions()->parallel(enter, &c, static_cast<unsigned>(threads), 0);
}

void bcl::barrier() { functions()->barrier(); }

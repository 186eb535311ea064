// Teams of threads of the OpenMP that libtorch itself uses: a second one would compete with
// it for the cores. See team.cc.
#ifndef BCL_TEAM_H_
#define BCL_TEAM_H_

#include <cstdint>

namespace bcl {

// teams reports whether there are teams: libtorch may use another kind of threads.
bool teams();

// member runs on each thread of a team and must not throw.
using member = void (*)(void* work, int rank, int size);

// run_team runs f on a team of that many threads, this one included, or fewer if OpenMP
// gives fewer, and waits for them.
void run_team(int threads, member f, void* work);

// barrier waits until every thread of a team larger than one is there.
void barrier();

// share is the part [begin, end) of n rows that is a member's, as in at::parallel_for.
struct share {
  int64_t begin, end;
  share(int64_t n, int rank, int size) {
    const int64_t each = (n + size - 1) / size;
    begin = rank * each < n ? rank * each : n;
    end = begin + each < n ? begin + each : n;
  }
};

}  // namespace bcl
#endif

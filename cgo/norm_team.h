// The passes of norm.h put together, on the threads of a team.
#ifndef BCL_NORM_TEAM_H_
#define BCL_NORM_TEAM_H_

#include "norm.h"

namespace bcl {

// forward_work is the forward pass of a team.
struct forward_work {
  norm_pass p;
  const norm_kernels* k;
  int64_t rows;
  bool float64;  // whether partial sums are added in double: libtorch does for float only
  float *sums;   // team x channels
  float *mean, *invstd, *alpha, *beta;
  const float *weight, *bias;
  float *running_mean, *running_var;
  float momentum, others;  // 1 - momentum
  double eps;
};

// apply_work is the pass that makes y, of a team.
struct apply_work {
  norm_pass p;
  const norm_kernels* k;
  int64_t rows;
};

// backward_work is the backward pass of a team.
struct backward_work {
  norm_pass p;
  const norm_kernels* k;
  int64_t rows;
  bool float64;
  float *sums, *dots;  // team x channels
  float *grad_mean, *slope;
  float *dweight, *dbias;
};

void run(const forward_work& w, int threads);
void run(const apply_work& w, int threads);
void run(const backward_work& w, int threads);

}  // namespace bcl
#endif

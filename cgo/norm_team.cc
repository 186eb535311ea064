#include "norm_team.h"

#include <algorithm>
#include <cmath>

#include "team.h"

namespace {

using bcl::apply_work;
using bcl::backward_work;
using bcl::forward_work;
using bcl::share;

// total adds up the sums of a channel over a team.
template <typename A>
A total(const float* sums, int size, int64_t channels, int64_t c) {
  A t = 0;
  for (int i = 0; i < size; i++) t += sums[i * channels + c];
  return t;
}

float mean_of(const forward_work& w, int size, int64_t c) {
  if (w.float64) return static_cast<float>(total<double>(w.sums, size, w.p.channels, c) / w.rows);
  return total<float>(w.sums, size, w.p.channels, c) / w.rows;
}

// product is a * b, not fused with an addition, whatever the compiler's flags.
__attribute__((noinline)) float product(float a, float b) { return a * b; }

// running is the running value after one more, of weight momentum.
float running(const forward_work& w, float before, float value) {
  return product(w.momentum, value) + product(w.others, before);
}

// running_in_double is running with the new value in double, as libtorch's variance of floats.
float running_in_double(const forward_work& w, float before, float value) {
  return static_cast<float>(static_cast<double>(w.momentum) * value + product(w.others, before));
}

// finish makes all of a channel from the sum of its squared deviations.
void finish(const forward_work& w, int size, int64_t c) {
  const float squares = w.float64 ? static_cast<float>(total<double>(w.sums, size, w.p.channels, c))
                                  : total<float>(w.sums, size, w.p.channels, c);
  const float variance = squares / w.rows;
  w.invstd[c] = static_cast<float>(1 / std::sqrt(variance + w.eps));
  w.alpha[c] = w.invstd[c] * w.weight[c];
  w.beta[c] = std::fma(-w.mean[c], w.alpha[c], w.bias[c]);
  w.running_mean[c] = running(w, w.running_mean[c], w.mean[c]);
  w.running_var[c] = (w.float64 ? running_in_double : running)(w, w.running_var[c], squares / (w.rows - 1));
}

void forward_member(void* work, int rank, int size) {
  const forward_work& w = *static_cast<const forward_work*>(work);
  const share rows(w.rows, rank, size), channels(w.p.channels, rank, size);
  float* sums = w.sums + rank * w.p.channels;
  w.k->sum(w.p, rows.begin, rows.end, sums);
  if (size > 1) bcl::barrier();
  for (int64_t c = channels.begin; c < channels.end; c++) w.mean[c] = mean_of(w, size, c);
  if (size > 1) bcl::barrier();
  std::fill_n(sums, w.p.channels, 0.0f);
  w.k->squares(w.p, rows.begin, rows.end, sums);
  if (size > 1) bcl::barrier();
  for (int64_t c = channels.begin; c < channels.end; c++) finish(w, size, c);
  if (size > 1) bcl::barrier();
  w.k->apply(w.p, rows.begin, rows.end);
}

void apply_member(void* work, int rank, int size) {
  const apply_work& w = *static_cast<const apply_work*>(work);
  const share rows(w.rows, rank, size);
  w.k->apply(w.p, rows.begin, rows.end);
}

void backward_member(void* work, int rank, int size) {
  const backward_work& w = *static_cast<const backward_work*>(work);
  const share rows(w.rows, rank, size), channels(w.p.channels, rank, size);
  w.k->reduce(w.p, rows.begin, rows.end, w.sums + rank * w.p.channels, w.dots + rank * w.p.channels);
  if (size > 1) bcl::barrier();
  for (int64_t c = channels.begin; c < channels.end; c++) {
    const auto add = [&](const float* v) {
      return w.float64 ? static_cast<float>(total<double>(v, size, w.p.channels, c)) : total<float>(v, size, w.p.channels, c);
    };
    const float sum = add(w.sums), dot = add(w.dots), invstd = w.p.invstd[c];
    w.grad_mean[c] = sum / w.rows;
    w.slope[c] = dot * invstd * invstd / w.rows;
    w.dweight[c] = dot * invstd;
    w.dbias[c] = sum;
  }
  if (size > 1) bcl::barrier();
  w.k->gradient(w.p, rows.begin, rows.end);
}

template <typename W>
void run_member(const W& w, int threads, bcl::member f) {
  bcl::run_team(threads, f, const_cast<W*>(&w));
}

}  // namespace

void bcl::run(const forward_work& w, int threads) { run_member(w, threads, forward_member); }
void bcl::run(const apply_work& w, int threads) { run_member(w, threads, apply_member); }
void bcl::run(const backward_work& w, int threads) { run_member(w, threads, backward_member); }

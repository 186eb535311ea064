// Batch normalisation of a GPU in training, with the shortcut and ReLU that follow it: see
// ../norm.cc. Compiled at run time, by NVRTC with --fmad=false, so that products are fused with
// additions only where fmaf says so, and by a C++ compiler in emulate.cc.
//
// Data are rows x channels, channels last, of float or bfloat16. A thread holds one vector of 16
// bytes of channels and goes down rows; threadIdx.x counts vectors, threadIdx.y rows. Sums are
// those of threads, of a block by halves, then of blocks, always in the same order: no atomics.
#include "norm_args.h"

struct bfloat16 {
  unsigned short bits;
};

__device__ inline float widen(float v) { return v; }
__device__ inline float widen(bfloat16 v) { return __uint_as_float(static_cast<unsigned>(v.bits) << 16); }

// narrow rounds to nearest, ties to even.
__device__ inline void narrow(float v, float* to) { *to = v; }
__device__ inline void narrow(float v, bfloat16* to) {
  const unsigned u = __float_as_uint(v);
  to->bits = v != v ? 0x7fff : static_cast<unsigned short>((u + 0x7fff + ((u >> 16) & 1)) >> 16);
}

template <typename T>
__device__ inline float rounded(float v) {
  T t;
  narrow(v, &t);
  return widen(t);
}

template <typename T>
struct __align__(16) vector {
  static constexpr int lanes = 16 / sizeof(T);
  T v[lanes];
};

// place is where a thread works.
template <typename T>
struct place {
  int columns, column;  // vectors of a row, and which of them
  long long row, step;  // first row, and from one to the next

  __device__ explicit place(const norm_args& a)
      : columns(a.channels / vector<T>::lanes),
        column(blockIdx.x * blockDim.x + threadIdx.x),
        row(static_cast<long long>(blockIdx.y) * blockDim.y + threadIdx.y),
        step(static_cast<long long>(gridDim.y) * blockDim.y) {}
  __device__ int channel() const { return column * vector<T>::lanes; }
  __device__ bool idle() const { return column >= columns; }
  __device__ long long vector_of(long long r) const { return r * columns + column; }
};

template <typename T>
__device__ inline const vector<T>* read(const void* p) { return static_cast<const vector<T>*>(p); }
template <typename T>
__device__ inline vector<T>* write(void* p) { return static_cast<vector<T>*>(p); }

template <int n>
__device__ inline void load(float (&to)[n], const float* from) {
  for (int i = 0; i < n; i++) to[i] = from[i];
}

// prepare makes alpha and beta of a channel, and the running statistics.
extern "C" __global__ void prepare(norm_args a) {
  const int c = blockIdx.x * blockDim.x + threadIdx.x;
  if (c >= a.channels) return;
  const float mean = a.mean[c], invstd = a.invstd[c];
  const float alpha = invstd * a.weight[c];
  a.alpha[c] = alpha;
  a.beta[c] = fmaf(-mean, alpha, a.bias[c]);
  const float n = static_cast<float>(a.rows);
  const float variance = fmaxf(1 / (invstd * invstd) - a.eps, 0) * (n / (n - 1));  // unbiased
  a.running_mean[c] = a.momentum * mean + a.others * a.running_mean[c];
  a.running_var[c] = a.momentum * variance + a.others * a.running_var[c];
}

template <typename T>
__device__ inline void apply(const norm_args& a) {
  constexpr int n = vector<T>::lanes;
  const place<T> at(a);
  if (at.idle()) return;
  float alpha[n], beta[n];
  load(alpha, a.alpha + at.channel());
  load(beta, a.beta + at.channel());
  for (long long row = at.row; row < a.rows; row += at.step) {
    const long long i = at.vector_of(row);
    const vector<T> x = read<T>(a.x)[i];
    vector<T> shortcut = x, y;
    if (a.shortcut != nullptr) shortcut = read<T>(a.shortcut)[i];
    for (int k = 0; k < n; k++) {
      float v = fmaf(widen(x.v[k]), alpha[k], beta[k]);
      if (a.shortcut != nullptr) v = rounded<T>(v) + widen(shortcut.v[k]);
      if (a.relu && v <= 0) v = 0;  // keeps NaN
      narrow(v, &y.v[k]);
    }
    write<T>(a.y)[i] = y;
  }
}

// masked is the gradient before ReLU. Without a shortcut y is computed again, which takes less
// time than to read it.
template <typename T>
__device__ inline float masked(float dy, float x, float alpha, float beta, const T* y) {
  const float v = y != nullptr ? widen(*y) : rounded<T>(fmaf(x, alpha, beta));
  return v <= 0 ? 0 : dy;
}

// reduce makes a block's part of the sums, and dsum.
template <typename T>
__device__ inline void reduce(const norm_args& a, float* shared) {
  constexpr int n = vector<T>::lanes;
  const place<T> at(a);
  float sum[n] = {}, dot[n] = {};
  if (!at.idle()) {
    float mean[n], alpha[n], beta[n];
    load(mean, a.mean + at.channel());
    load(alpha, a.alpha + at.channel());
    load(beta, a.beta + at.channel());
    for (long long row = at.row; row < a.rows; row += at.step) {
      const long long i = at.vector_of(row);
      const vector<T> x = read<T>(a.x)[i];
      vector<T> g = read<T>(a.dy)[i], y = g;
      if (a.y != nullptr) y = read<T>(a.y)[i];
      for (int k = 0; k < n; k++) {
        const float v = widen(x.v[k]);
        float d = widen(g.v[k]);
        if (a.relu) d = masked<T>(d, v, alpha[k], beta[k], a.y != nullptr ? &y.v[k] : nullptr);
        sum[k] = sum[k] + d;
        dot[k] = fmaf(v - mean[k], d, dot[k]);
        narrow(d, &g.v[k]);
      }
      if (a.dsum != nullptr) write<T>(a.dsum)[i] = g;
    }
  }
  const int width = blockDim.x * n, lane = threadIdx.x * n;  // shared: blockDim.y x 2 x width
  float* mine = shared + threadIdx.y * 2 * width + lane;
  for (int k = 0; k < n; k++) {
    mine[k] = sum[k];
    mine[width + k] = dot[k];
  }
  for (int half = blockDim.y / 2; half > 0; half /= 2) {  // blockDim.y is a power of two
    __syncthreads();
    if (static_cast<int>(threadIdx.y) < half) {
      const float* other = mine + half * 2 * width;
      for (int k = 0; k < n; k++) {
        mine[k] += other[k];
        mine[width + k] += other[width + k];
      }
    }
  }
  if (threadIdx.y == 0 && !at.idle()) {
    float* part = a.partial + static_cast<long long>(blockIdx.y) * 2 * a.channels + at.channel();
    for (int k = 0; k < n; k++) {
      part[k] = mine[k];
      part[a.channels + k] = mine[width + k];
    }
  }
}

// total adds up the parts of the sums: threadIdx.x counts channels, threadIdx.y parts.
extern "C" __global__ void total(norm_args a) {
  __shared__ float sums[2][norm_total_y][norm_total_x];
  const int c = blockIdx.x * blockDim.x + threadIdx.x;
  float sum = 0, dot = 0;
  if (c < a.channels) {
    for (int i = threadIdx.y; i < a.parts; i += blockDim.y) {
      const float* part = a.partial + static_cast<long long>(i) * 2 * a.channels + c;
      sum += part[0];
      dot += part[a.channels];
    }
  }
  sums[0][threadIdx.y][threadIdx.x] = sum;
  sums[1][threadIdx.y][threadIdx.x] = dot;
  __syncthreads();
  if (threadIdx.y != 0 || c >= a.channels) return;
  for (int i = 1; i < static_cast<int>(blockDim.y); i++) {
    sum += sums[0][i][threadIdx.x];
    dot += sums[1][i][threadIdx.x];
  }
  const float invstd = a.invstd[c], rows = static_cast<float>(a.rows);
  a.grad_mean[c] = sum / rows;
  a.slope[c] = dot * invstd * invstd / rows;
  a.dweight[c] = dot * invstd;
  a.dbias[c] = sum;
}

template <typename T>
__device__ inline void gradient(const norm_args& a) {
  constexpr int n = vector<T>::lanes;
  const place<T> at(a);
  if (at.idle()) return;
  float mean[n], scale[n], alpha[n], beta[n], grad_mean[n], slope[n];
  load(mean, a.mean + at.channel());
  load(alpha, a.alpha + at.channel());
  load(beta, a.beta + at.channel());
  load(grad_mean, a.grad_mean + at.channel());
  load(slope, a.slope + at.channel());
  for (int k = 0; k < n; k++) scale[k] = a.invstd[at.channel() + k] * a.weight[at.channel() + k];
  for (long long row = at.row; row < a.rows; row += at.step) {
    const long long i = at.vector_of(row);
    const vector<T> x = read<T>(a.x)[i], g = read<T>(a.dsum != nullptr ? a.dsum : a.dy)[i];
    vector<T> dx;
    for (int k = 0; k < n; k++) {
      const float v = widen(x.v[k]);
      float d = widen(g.v[k]);
      if (a.relu && a.dsum == nullptr) d = masked<T>(d, v, alpha[k], beta[k], nullptr);
      narrow(fmaf(-slope[k], v - mean[k], d - grad_mean[k]) * scale[k], &dx.v[k]);
    }
    write<T>(a.dx)[i] = dx;
  }
}

extern "C" __global__ void apply_float(norm_args a) { apply<float>(a); }
extern "C" __global__ void apply_bfloat16(norm_args a) { apply<bfloat16>(a); }
extern "C" __global__ void gradient_float(norm_args a) { gradient<float>(a); }
extern "C" __global__ void gradient_bfloat16(norm_args a) { gradient<bfloat16>(a); }
extern "C" __global__ void reduce_float(norm_args a) {
  __shared__ float shared[2 * norm_threads * vector<float>::lanes];
  reduce<float>(a, shared);
}
extern "C" __global__ void reduce_bfloat16(norm_args a) {
  __shared__ float shared[2 * norm_threads * vector<bfloat16>::lanes];
  reduce<bfloat16>(a, shared);
}

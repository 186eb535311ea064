// Batch normalisation of the CPU in training, with what follows it in a residual network: the
// addition of the shortcut and ReLU. Each is one pass over memory here, several in libtorch.
//
// The results are those of libtorch's batch_norm, add_ and relu_, bit for bit: the same sums
// in the same order by as many threads, the same products fused with additions (the same on
// AVX2 and AVX-512), and for bfloat16 the same roundings in between. torch/norm_test.go
// compares them.
#ifndef BCL_NORM_H_
#define BCL_NORM_H_

#include <cstdint>

namespace bcl {

// norm_pass is one pass over rows x channels numbers of type float or bfloat16, channels
// last. Every array without a comment has an element a channel.
struct norm_pass {
  int64_t channels;
  bool relu;
  bool stream;  // whether y and dx, aligned, go past the caches

  const void* x;         // rows x channels: the input
  const void* shortcut;  // rows x channels: added to the result, or null
  void* y;               // rows x channels: the result; read again for the gradient if not null
  const float *mean, *invstd, *weight;
  const float *alpha, *beta;  // y = x * alpha + beta, before shortcut and ReLU

  const void* dy;  // rows x channels: the gradient of y
  void* dsum;      // rows x channels: the gradient of the sum with the shortcut, or null
  void* dx;        // rows x channels: the gradient of x
  const float *grad_mean, *k;  // means of the gradient, and of its product with x - mean by the variance
};

// norm_kernels are the passes, over the rows [begin, end), of one type and instruction set.
struct norm_kernels {
  void (*sum)(const norm_pass&, int64_t begin, int64_t end, float* sum);         // of x
  void (*squares)(const norm_pass&, int64_t begin, int64_t end, float* sum);     // of x - mean
  void (*apply)(const norm_pass&, int64_t begin, int64_t end);                   // y
  void (*reduce)(const norm_pass&, int64_t begin, int64_t end, float* sum, float* dot);  // of the gradient, and with x - mean; dsum
  void (*gradient)(const norm_pass&, int64_t begin, int64_t end);                // dx
};

// Channels are a multiple of this.
constexpr int64_t norm_lanes = 16;

// norm_avx2 and norm_avx512 return null where the compiler has no such instructions.
const norm_kernels* norm_avx2(bool bfloat16);
const norm_kernels* norm_avx512(bool bfloat16);

}  // namespace bcl
#endif

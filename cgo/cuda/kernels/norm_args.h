// The arguments of the kernels of norm.h, for the host too.
#ifndef BCL_NORM_ARGS_H_
#define BCL_NORM_ARGS_H_

// norm_args is what all of these kernels get; those of a pass read a part of it.
struct norm_args {
  long long rows;
  int channels;
  int relu;
  const void* x;         // rows x channels
  const void* shortcut;  // rows x channels, or null
  void* y;               // rows x channels; the backward pass reads it if not null
  const void* dy;        // rows x channels
  void* dsum;            // rows x channels: the gradient of the sum with the shortcut, or null
  void* dx;              // rows x channels
  // Of each channel:
  const float *mean, *invstd, *weight, *bias;
  float *alpha, *beta;  // y = x * alpha + beta, before shortcut and ReLU
  float *running_mean, *running_var;
  float momentum, others, eps;  // others: 1 - momentum
  float* partial;               // parts x 2 x channels: sums of the gradient, and with x - mean
  int parts;
  float *grad_mean, *slope;
  float *dweight, *dbias;
};

// A block of total is this many channels by parts; those of the other kernels have at most
// norm_threads threads, and a power of two of rows.
constexpr int norm_threads = 256, norm_total_x = 32, norm_total_y = 8;

// norm_shape are the blocks of a pass over rows x channels numbers of some bytes. It is the same
// for every device, since it decides the order of sums.
struct norm_shape {
  unsigned grid_x, grid_y, block_x, block_y;
};

#ifndef __CUDACC_RTC__
inline norm_shape norm_shape_of(long long rows, long long channels, long long bytes) {
  const long long columns = channels * bytes / 16;  // vectors of a row
  long long wide = 1;
  while (wide < 32 && wide < columns) wide *= 2;
  const long long high = norm_threads / wide, across = (columns + wide - 1) / wide;
  long long down = (rows + 4 * high - 1) / (4 * high);  // a thread has some rows
  if (down > 2048 / across) down = 2048 / across;
  if (down > 512) down = 512;
  if (down < 1) down = 1;
  return {static_cast<unsigned>(across), static_cast<unsigned>(down), static_cast<unsigned>(wide), static_cast<unsigned>(high)};
}
#endif

#endif

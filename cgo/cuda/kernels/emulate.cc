// kernels/norm.h as C++: a block is a fiber for each thread, which run in turn from one
// __syncthreads to the next; blocks run one after another.
#include "emulate.h"

#include <ucontext.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace {

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
dim3 threadIdx, blockIdx, blockDim, gridDim;

struct fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack;
  dim3 at;
  bool done = false;
};

constexpr size_t stack_size = 64 << 10;
ucontext_t scheduler;
fiber* current;
const std::function<void()>* body;

void enter() {
  (*body)();
  current->done = true;
  swapcontext(&current->context, &scheduler);
}

void __syncthreads() { swapcontext(&current->context, &scheduler); }

void run_block(std::vector<fiber>& threads) {
  for (size_t i = 0; i < threads.size(); i++) {
    fiber& f = threads[i];
    f.at = {static_cast<unsigned>(i % blockDim.x), static_cast<unsigned>(i / blockDim.x), 0};
    f.done = false;
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack.get();
    f.context.uc_stack.ss_size = stack_size;
    makecontext(&f.context, enter, 0);
  }
  for (bool left = true; left;) {
    left = false;
    for (fiber& f : threads) {
      if (f.done) continue;
      current = &f;
      threadIdx = f.at;
      swapcontext(&scheduler, &f.context);
      left = left || !f.done;
    }
  }
}

void launch(dim3 grid, dim3 block, const std::function<void()>& kernel) {
  gridDim = grid;
  blockDim = block;
  body = &kernel;
  std::vector<fiber> threads(block.x * block.y);
  for (fiber& f : threads) f.stack.reset(new char[stack_size]);
  for (blockIdx.y = 0; blockIdx.y < grid.y; blockIdx.y++)
    for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++) run_block(threads);
}

float __uint_as_float(unsigned u) {
  float f;
  std::memcpy(&f, &u, 4);
  return f;
}
unsigned __float_as_uint(float f) {
  unsigned u;
  std::memcpy(&u, &f, 4);
  return u;
}

}  // namespace

#define __device__
#define __global__ __attribute__((visibility("hidden")))
#define __shared__ static
#define __align__(n) alignas(n)

namespace kernels {
#include "norm.h"

norm_args arguments(int64_t rows, int64_t channels, int relu, const void* x, const float* mean, const float* invstd, const float* weight,
                    const float* lines) {
  norm_args a{};
  a.rows = rows;
  a.channels = static_cast<int>(channels);
  a.relu = relu;
  a.x = x;
  a.mean = mean;
  a.invstd = invstd;
  a.weight = weight;
  a.alpha = const_cast<float*>(lines);
  a.beta = a.alpha + channels;
  return a;
}
}  // namespace kernels

using namespace kernels;

void bt_emulate_forward(int type, int64_t rows, int64_t channels, int relu, float eps, float momentum, const void* x, const void* shortcut,
                        const float* mean, const float* invstd, const float* weight, const float* bias, float* running_mean,
                        float* running_var, float* lines, void* y) {
  norm_args a = arguments(rows, channels, relu, x, mean, invstd, weight, lines);
  a.bias = bias;
  a.shortcut = shortcut;
  a.y = y;
  a.running_mean = running_mean;
  a.running_var = running_var;
  a.momentum = momentum;
  a.others = 1 - momentum;
  a.eps = eps;
  const norm_shape s = norm_shape_of(rows, channels, type == 0 ? 4 : 2);
  launch({(static_cast<unsigned>(channels) + norm_threads - 1) / norm_threads, 1}, {norm_threads, 1}, [&] { prepare(a); });
  launch({s.grid_x, s.grid_y}, {s.block_x, s.block_y}, [&] { type == 0 ? apply_float(a) : apply_bfloat16(a); });
}

void bt_emulate_backward(int type, int64_t rows, int64_t channels, int relu, const void* x, const void* y, const void* dy, const float* mean,
                         const float* invstd, const float* weight, const float* lines, void* dsum, void* dx, float* dweight, float* dbias) {
  norm_args a = arguments(rows, channels, relu, x, mean, invstd, weight, lines);
  const norm_shape s = norm_shape_of(rows, channels, type == 0 ? 4 : 2);
  std::vector<float> partial(2 * channels * s.grid_y), means(2 * channels);
  a.y = const_cast<void*>(y);
  a.dy = dy;
  a.dsum = dsum;
  a.dx = dx;
  a.partial = partial.data();
  a.parts = static_cast<int>(s.grid_y);
  a.grad_mean = means.data();
  a.slope = a.grad_mean + channels;
  a.dweight = dweight;
  a.dbias = dbias;
  launch({s.grid_x, s.grid_y}, {s.block_x, s.block_y}, [&] { type == 0 ? reduce_float(a) : reduce_bfloat16(a); });
  launch({(static_cast<unsigned>(channels) + norm_total_x - 1) / norm_total_x, 1}, {norm_total_x, norm_total_y}, [&] { total(a); });
  launch({s.grid_x, s.grid_y}, {s.block_x, s.block_y}, [&] { type == 0 ? gradient_float(a) : gradient_bfloat16(a); });
}

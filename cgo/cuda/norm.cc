// bcl::batch_norm_act of a GPU: batch normalisation in training, the shortcut and ReLU in the
// passes of kernels/norm.h, three forward and three back with libtorch's for the statistics,
// where libtorch's operators take more passes over memory. They round where those do; sums are
// in another order. Only an emulation on the CPU has run them (kernels/emulate.cc): no GPU yet.
#include <ATen/ATen.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "kernels.h"
#include "kernels/norm_args.h"
#include "parts.h"

namespace {

using at::Tensor;
using bcl_cuda::norm_functions;

// shape are the blocks of a pass.
struct shape {
  dim3 grid, block;
  shape(const Tensor& x) {
    const norm_shape s = norm_shape_of(x.numel() / x.size(1), x.size(1), x.element_size());
    grid = dim3(s.grid_x, s.grid_y);
    block = dim3(s.block_x, s.block_y);
  }
};

void launch(cudaKernel_t k, dim3 grid, dim3 block, norm_args& a) {
  void* arguments[] = {&a};
  bcl_cuda::check("batch norm's kernel",
                  cudaLaunchKernel(reinterpret_cast<const void*>(k), grid, block, arguments, 0, c10::cuda::getCurrentCUDAStream()));
}

template <typename T>
T* data(const Tensor& t) {
  return t.defined() ? static_cast<T*>(const_cast<void*>(t.const_data_ptr())) : nullptr;
}

// type_of is the index of a type in norm_functions.
int type_of(const Tensor& x) { return x.scalar_type() == at::kBFloat16; }

// arguments are those of both ways. lines, 2 x channels, are alpha and beta.
norm_args arguments(const Tensor& x, const Tensor& weight, const Tensor& mean, const Tensor& invstd, const Tensor& lines, bool relu) {
  norm_args a{};
  a.channels = static_cast<int>(x.size(1));
  a.rows = x.numel() / a.channels;
  a.relu = relu;
  a.x = x.const_data_ptr();
  a.weight = weight.const_data_ptr<float>();
  a.mean = mean.const_data_ptr<float>();
  a.invstd = invstd.const_data_ptr<float>();
  a.alpha = data<float>(lines);
  a.beta = a.alpha + a.channels;
  return a;
}

struct Fused : torch::autograd::Function<Fused> {
  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& x, const std::optional<Tensor>& shortcut,
                        const Tensor& weight, const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
                        double momentum, double eps, bool relu) {
    const norm_functions& f = *bcl_cuda::norm_functions_of(x.get_device());
    const shape s(x);
    const auto [mean, invstd] = at::batch_norm_stats(x, eps);
    Tensor y = at::empty_like(x), lines = at::empty({2, x.size(1)}, mean.options());
    norm_args a = arguments(x, weight, mean, invstd, lines, relu);
    a.bias = bias.const_data_ptr<float>();
    a.shortcut = shortcut ? shortcut->const_data_ptr() : nullptr;
    a.y = y.mutable_data_ptr();
    a.running_mean = running_mean.mutable_data_ptr<float>();
    a.running_var = running_var.mutable_data_ptr<float>();
    a.momentum = static_cast<float>(momentum);
    a.others = static_cast<float>(1 - momentum);
    a.eps = static_cast<float>(eps);
    launch(f.prepare, dim3((a.channels + norm_threads - 1) / norm_threads), dim3(norm_threads), a);
    launch(f.apply[type_of(x)], s.grid, s.block, a);
    running_mean.unsafeGetTensorImpl()->bump_version();
    running_var.unsafeGetTensorImpl()->bump_version();
    ctx->save_for_backward({x, weight, mean, invstd, lines, relu && shortcut ? y : Tensor()});
    ctx->saved_data["relu"] = relu;
    ctx->saved_data["shortcut"] = shortcut.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &invstd = saved[3], &lines = saved[4], &y = saved[5];
    const c10::cuda::CUDAGuard guard(x.device());
    const norm_functions& f = *bcl_cuda::norm_functions_of(x.get_device());
    const shape s(x);
    const Tensor dy = grads[0].contiguous(x.suggest_memory_format());
    const bool relu = ctx->saved_data["relu"].toBool(), shortcut = ctx->saved_data["shortcut"].toBool();
    const bool masks = relu && shortcut;
    Tensor dx = at::empty_like(x), dsum = masks ? at::empty_like(x) : Tensor();
    Tensor dweight = at::empty_like(weight), dbias = at::empty_like(weight);
    Tensor partial = at::empty({s.grid.y, 2, x.size(1)}, mean.options()), means = at::empty({2, x.size(1)}, mean.options());
    norm_args a = arguments(x, weight, mean, invstd, lines, relu);
    a.y = data<void>(y);
    a.dy = dy.const_data_ptr();
    a.dsum = data<void>(dsum);
    a.dx = dx.mutable_data_ptr();
    a.partial = partial.mutable_data_ptr<float>();
    a.parts = static_cast<int>(s.grid.y);
    a.grad_mean = means.mutable_data_ptr<float>();
    a.slope = a.grad_mean + a.channels;
    a.dweight = dweight.mutable_data_ptr<float>();
    a.dbias = dbias.mutable_data_ptr<float>();
    launch(f.reduce[type_of(x)], s.grid, s.block, a);
    launch(f.total, dim3((a.channels + norm_total_x - 1) / norm_total_x), dim3(norm_total_x, norm_total_y), a);
    launch(f.gradient[type_of(x)], s.grid, s.block, a);
    Tensor dshortcut;
    if (shortcut) dshortcut = masks ? dsum : dy;
    return {dx, dshortcut, dweight, dbias, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

bool channels_last(const Tensor& x) {
  if (x.dim() == 2) return x.is_contiguous();
  return x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast) && !x.is_contiguous();
}

bool aligned(const Tensor& x) { return reinterpret_cast<uintptr_t>(x.const_data_ptr()) % 16 == 0; }

bool plain(const Tensor& t, const Tensor& x) {
  return t.defined() && t.device() == x.device() && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() == x.size(1);
}

// fits reports whether the kernels are for these arguments.
bool fits(const Tensor& x, const std::optional<Tensor>& shortcut, const Tensor& weight, const Tensor& bias,
          const Tensor& running_mean, const Tensor& running_var) {
  static const bool off = [] {
    const char* choice = std::getenv("BCL_FUSED_BATCH_NORM");
    return choice != nullptr && std::strcmp(choice, "0") == 0;
  }();
  if (off || (x.scalar_type() != at::kFloat && x.scalar_type() != at::kBFloat16) || !channels_last(x) || !aligned(x)) return false;
  const int64_t c = x.size(1);
  if (c == 0 || c % 8 != 0 || x.numel() / c < 2) return false;
  if (!plain(weight, x) || !plain(bias, x) || !plain(running_mean, x) || !plain(running_var, x)) return false;
  if (shortcut && (shortcut->device() != x.device() || shortcut->scalar_type() != x.scalar_type() || shortcut->sizes() != x.sizes() ||
                   shortcut->strides() != x.strides() || !aligned(*shortcut)))
    return false;
  return bcl_cuda::norm_functions_of(x.get_device()) != nullptr;
}

Tensor batch_norm_act(const Tensor& x, const std::optional<Tensor>& shortcut, const Tensor& weight, const Tensor& bias,
                      const Tensor& running_mean, const Tensor& running_var, bool training, double momentum, double eps,
                      bool relu) {
  const c10::cuda::CUDAGuard guard(x.device());
  if (training && fits(x, shortcut, weight, bias, running_mean, running_var))
    return Fused::apply(x, shortcut, weight, bias, running_mean, running_var, momentum, eps, relu);
  Tensor y = at::batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps, at::globalContext().userEnabledCuDNN());
  if (shortcut) y = y.add_(*shortcut);
  return relu ? y.relu_() : y;
}

}  // namespace

// Autograd's key comes first, with and without gradients.
TORCH_LIBRARY_IMPL(bcl, AutogradCUDA, m) { m.impl("batch_norm_act", batch_norm_act); }

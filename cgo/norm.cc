// bcl::batch_norm_act: batch normalisation, then the addition of a shortcut and ReLU, where
// wanted. See norm.h.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "norm_team.h"
#include "team.h"

namespace {

using at::Tensor;
using bcl::norm_kernels;

// find returns the passes of a type for this machine, null if it has none. They follow the
// instruction set that libtorch uses, since ATEN_CPU_CAPABILITY can lower it.
const norm_kernels* find(at::ScalarType type) {
  static const bool off = [] {
    const char* choice = std::getenv("BCL_FUSED_BATCH_NORM");
    return choice != nullptr && std::strcmp(choice, "0") == 0;
  }();
  if (off || !bcl::teams() || (type != at::kFloat && type != at::kBFloat16)) return nullptr;
  const std::string set = at::get_cpu_capability();
  if (set == "AVX512") return bcl::norm_avx512(type == at::kBFloat16);
  if (set == "AVX2") return bcl::norm_avx2(type == at::kBFloat16);
  return nullptr;
}

// channels_last reports whether x is rows x channels in memory.
bool channels_last(const Tensor& x) {
  if (x.dim() == 2) return x.is_contiguous();
  return x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast) && !x.is_contiguous();
}

bool plain(const Tensor& t, int64_t n) {
  return t.defined() && t.device().is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() == n;
}

// streams reports whether a result is too large for the caches to still hold it when it is read.
bool streams(const Tensor& y) {
  return y.nbytes() >= (8 << 20) && reinterpret_cast<uintptr_t>(y.const_data_ptr()) % 64 == 0;
}

// pass_to is the pass that makes y of x.
bcl::norm_pass pass_to(Tensor& y, const Tensor& x, const std::optional<Tensor>& shortcut, bool relu) {
  bcl::norm_pass p{};
  p.channels = x.size(1);
  p.relu = relu;
  p.x = x.const_data_ptr();
  p.shortcut = shortcut ? shortcut->const_data_ptr() : nullptr;
  p.y = y.mutable_data_ptr();
  p.stream = streams(y);
  return p;
}

// state are the numbers a channel that the backward pass needs.
enum state { kMean, kInvStd, kAlpha, kBeta, kStates };

struct Fused : torch::autograd::Function<Fused> {
  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& x, const std::optional<Tensor>& shortcut,
                        const Tensor& weight, const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
                        double momentum, double eps, bool relu) {
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const int threads = at::get_num_threads();
    Tensor y = at::empty_like(x), kept = at::empty({kStates, channels}, weight.options().requires_grad(false));
    Tensor sums = at::zeros({threads, channels}, kept.options());
    float* state = kept.mutable_data_ptr<float>();
    bcl::forward_work w{};
    w.k = find(x.scalar_type());
    w.rows = rows;
    w.float64 = x.scalar_type() == at::kFloat;
    w.sums = sums.mutable_data_ptr<float>();
    w.mean = state + kMean * channels;
    w.invstd = state + kInvStd * channels;
    w.alpha = state + kAlpha * channels;
    w.beta = state + kBeta * channels;
    w.weight = weight.const_data_ptr<float>();
    w.bias = bias.const_data_ptr<float>();
    w.running_mean = running_mean.mutable_data_ptr<float>();
    w.running_var = running_var.mutable_data_ptr<float>();
    w.momentum = static_cast<float>(momentum);
    w.others = static_cast<float>(1 - momentum);
    w.eps = eps;
    w.p = pass_to(y, x, shortcut, relu);
    w.p.mean = w.mean;
    w.p.alpha = w.alpha;
    w.p.beta = w.beta;
    bcl::run(w, threads);
    running_mean.unsafeGetTensorImpl()->bump_version();
    running_var.unsafeGetTensorImpl()->bump_version();
    ctx->save_for_backward({x, weight, kept, relu && shortcut ? y : Tensor()});
    ctx->saved_data["relu"] = relu;
    ctx->saved_data["shortcut"] = shortcut.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &kept = saved[2], &y = saved[3];
    const Tensor dy = grads[0].contiguous(x.suggest_memory_format());
    const bool relu = ctx->saved_data["relu"].toBool(), shortcut = ctx->saved_data["shortcut"].toBool();
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const int threads = at::get_num_threads();
    const bool masks = relu && shortcut;
    Tensor dx = at::empty_like(x), dsum = masks ? at::empty_like(x) : Tensor();
    Tensor dweight = at::empty_like(weight), dbias = at::empty_like(weight);
    Tensor sums = at::zeros({2, threads, channels}, kept.options()), means = at::empty({2, channels}, kept.options());
    const float* state = kept.const_data_ptr<float>();
    bcl::backward_work w{};
    w.k = find(x.scalar_type());
    w.rows = rows;
    w.float64 = x.scalar_type() == at::kFloat;
    w.sums = sums.mutable_data_ptr<float>();
    w.dots = w.sums + threads * channels;
    w.grad_mean = means.mutable_data_ptr<float>();
    w.slope = w.grad_mean + channels;
    w.dweight = dweight.mutable_data_ptr<float>();
    w.dbias = dbias.mutable_data_ptr<float>();
    w.p.channels = channels;
    w.p.relu = relu;
    w.p.x = x.const_data_ptr();
    w.p.y = masks ? const_cast<void*>(y.const_data_ptr()) : nullptr;
    w.p.mean = state + kMean * channels;
    w.p.invstd = state + kInvStd * channels;
    w.p.alpha = state + kAlpha * channels;
    w.p.beta = state + kBeta * channels;
    w.p.weight = weight.const_data_ptr<float>();
    w.p.dy = dy.const_data_ptr();
    w.p.dsum = masks ? dsum.mutable_data_ptr() : nullptr;
    w.p.dx = dx.mutable_data_ptr();
    w.p.stream = streams(dx);
    w.p.grad_mean = w.grad_mean;
    w.p.k = w.slope;
    bcl::run(w, threads);
    Tensor dshortcut;
    if (shortcut) dshortcut = masks ? dsum : dy;
    return {dx, dshortcut, dweight, dbias, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

// evaluate normalises by the running statistics, without gradients.
Tensor evaluate(const Tensor& x, const std::optional<Tensor>& shortcut, const Tensor& weight, const Tensor& bias,
                const Tensor& running_mean, const Tensor& running_var, double eps, bool relu) {
  const int64_t channels = x.size(1);
  Tensor y = at::empty_like(x), lines = at::empty({2, channels}, weight.options());
  float *alpha = lines.mutable_data_ptr<float>(), *beta = alpha + channels;
  const float *w = weight.const_data_ptr<float>(), *b = bias.const_data_ptr<float>();
  const float *mean = running_mean.const_data_ptr<float>(), *variance = running_var.const_data_ptr<float>();
  for (int64_t c = 0; c < channels; c++) {
    alpha[c] = 1 / std::sqrt(variance[c] + static_cast<float>(eps)) * w[c];
    beta[c] = std::fma(-mean[c], alpha[c], b[c]);
  }
  bcl::apply_work work{};
  work.k = find(x.scalar_type());
  work.rows = x.numel() / channels;
  work.p = pass_to(y, x, shortcut, relu);
  work.p.alpha = alpha;
  work.p.beta = beta;
  bcl::run(work, at::get_num_threads());
  return y;
}

// fits reports whether the passes are for these arguments.
bool fits(const Tensor& x, const std::optional<Tensor>& shortcut, const Tensor& weight, const Tensor& bias,
          const Tensor& running_mean, const Tensor& running_var) {
  if (!x.device().is_cpu() || find(x.scalar_type()) == nullptr || !channels_last(x)) return false;
  const int64_t c = x.size(1);
  if (c == 0 || c % bcl::norm_lanes != 0 || x.numel() / c <= std::max(at::get_num_threads(), 1)) return false;
  if (!plain(weight, c) || !plain(bias, c) || !plain(running_mean, c) || !plain(running_var, c)) return false;
  return !shortcut || (shortcut->device().is_cpu() && shortcut->scalar_type() == x.scalar_type() &&
                       shortcut->sizes() == x.sizes() && shortcut->strides() == x.strides());
}

Tensor batch_norm_act(const Tensor& x, const std::optional<Tensor>& shortcut, const Tensor& weight, const Tensor& bias,
                      const Tensor& running_mean, const Tensor& running_var, bool training, double momentum, double eps,
                      bool relu) {
  if ((training || !at::GradMode::is_enabled()) && fits(x, shortcut, weight, bias, running_mean, running_var)) {
    if (!training) return evaluate(x, shortcut, weight, bias, running_mean, running_var, eps, relu);
    return Fused::apply(x, shortcut, weight, bias, running_mean, running_var, momentum, eps, relu);
  }
  Tensor y = at::batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps, at::globalContext().userEnabledCuDNN());
  if (shortcut) y = y.add_(*shortcut);
  return relu ? y.relu_() : y;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(bcl, m) {
  m.def(
      "batch_norm_act(Tensor input, Tensor? shortcut, Tensor weight, Tensor bias, Tensor(a!) running_mean, "
      "Tensor(b!) running_var, bool training, float momentum, float eps, bool relu) -> Tensor",
      batch_norm_act);
  m.def("has_batch_norm_kernels(ScalarType dtype) -> bool", [](at::ScalarType type) { return find(type) != nullptr; });
}

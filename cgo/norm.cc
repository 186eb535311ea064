// bcl::batch_norm_act: batch normalisation, then the addition of a shortcut and ReLU, where
// wanted. See norm.h.
#include "norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "team.h"

namespace {

using at::Tensor;
using bcl::norm_kernels;
using bcl::norm_pass;
using bcl::share;

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

// state are the numbers a channel that the backward pass needs.
enum state { kMean, kInvStd, kAlpha, kBeta, kStates };

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
  const forward_work& w = *static_cast<forward_work*>(work);
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

void backward_member(void* work, int rank, int size) {
  const backward_work& w = *static_cast<backward_work*>(work);
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

struct Fused : torch::autograd::Function<Fused> {
  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& x, const std::optional<Tensor>& shortcut,
                        const Tensor& weight, const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
                        double momentum, double eps, bool relu) {
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const int threads = at::get_num_threads();
    Tensor y = at::empty_like(x), kept = at::empty({kStates, channels}, weight.options().requires_grad(false));
    Tensor sums = at::zeros({threads, channels}, kept.options());
    float* state = kept.mutable_data_ptr<float>();
    forward_work w{};
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
    w.p.channels = channels;
    w.p.relu = relu;
    w.p.x = x.const_data_ptr();
    w.p.shortcut = shortcut ? shortcut->const_data_ptr() : nullptr;
    w.p.y = y.mutable_data_ptr();
    w.p.mean = w.mean;
    w.p.alpha = w.alpha;
    w.p.beta = w.beta;
    bcl::run_team(threads, forward_member, &w);
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
    backward_work w{};
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
    w.p.grad_mean = w.grad_mean;
    w.p.k = w.slope;
    bcl::run_team(threads, backward_member, &w);
    Tensor dshortcut;
    if (shortcut) dshortcut = masks ? dsum : dy;
    return {dx, dshortcut, dweight, dbias, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

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
  if (training && fits(x, shortcut, weight, bias, running_mean, running_var))
    return Fused::apply(x, shortcut, weight, bias, running_mean, running_var, momentum, eps, relu);
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
}

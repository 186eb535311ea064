// bcl::sync_batch_norm: batch normalisation by the statistics of all ranks
// (torch.nn.SyncBatchNorm, which libtorch has for GPUs only). Each rank sends the mean and
// variance of its rows, and combines those of all in the order of the ranks, in float64 (Chan,
// Golub, LeVeque 1979), so that every rank has the same bits.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <vector>

#include "distributed.h"

namespace {

using at::Tensor;

// by_channel views a value a channel (C) so that it broadcasts over x (N x C x ...).
Tensor by_channel(const Tensor& c, const Tensor& x) {
  std::vector<int64_t> sizes(x.dim(), 1);
  sizes[1] = c.numel();
  return c.view(sizes);
}

struct Sync : torch::autograd::Function<Sync> {
  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& x, const Tensor& weight, const Tensor& bias,
                        Tensor running_mean, Tensor running_var, double momentum, double eps, int64_t number) {
    const auto g = bcl::group(number);
    const int64_t channels = x.size(1), rows = x.numel() / channels;
    const Tensor values = x.to(at::kFloat);
    // One line a rank: the number of rows, their means and their (biased) variances.
    Tensor line = at::zeros({1, 1 + 2 * channels}, weight.options().dtype(at::kDouble).requires_grad(false));
    if (rows > 0) {
      const auto [mean, var] = at::batch_norm_update_stats(values, {}, {}, 0.0);
      line.select(1, 0).fill_(static_cast<double>(rows));
      line.narrow(1, 1, channels).copy_(mean);
      line.narrow(1, 1 + channels, channels).copy_(var);
    }
    const Tensor all = g->gather(line);
    const Tensor n = all.narrow(1, 0, 1), means = all.narrow(1, 1, channels), vars = all.narrow(1, 1 + channels, channels);
    const Tensor total = n.sum();
    const Tensor mean64 = (n * means).sum(0) / total;
    const Tensor var64 = (n * (vars + (means - mean64).square())).sum(0) / total;
    running_mean.mul_(1 - momentum).add_(mean64.to(at::kFloat), momentum);
    running_var.mul_(1 - momentum).add_((var64 * (total / (total - 1))).to(at::kFloat), momentum);
    const Tensor mean = mean64.to(at::kFloat), var = var64.to(at::kFloat);
    ctx->save_for_backward({x, weight, mean, var, total});
    ctx->saved_data["eps"] = eps;
    ctx->saved_data["group"] = number;
    if (rows == 0) return at::empty_like(x);
    return std::get<0>(at::native_batch_norm(values, weight, bias, mean, var, /*training=*/false, 0.0, eps)).to(x.scalar_type());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &var = saved[3], &total = saved[4];
    const double eps = ctx->saved_data["eps"].toDouble();
    const auto g = bcl::group(ctx->saved_data["group"].toInt());
    const Tensor values = x.to(at::kFloat);
    Tensor dx, dweight = at::zeros_like(weight), dbias = at::zeros_like(weight);
    if (x.numel() > 0) {
      // With constant statistics: what is missing is their own gradient, of which all ranks
      // have a part.
      const Tensor dy = grads[0].to(at::kFloat).contiguous(values.suggest_memory_format());
      std::tie(dx, dweight, dbias) =
          at::native_batch_norm_backward(dy, values, weight, mean, var, {}, {}, /*train=*/false, eps, {true, true, true});
    }
    const Tensor sums = g->gather(at::stack({dweight, dbias}).unsqueeze(0).to(at::kDouble)).sum(0) / total;
    if (x.numel() == 0) {
      dx = at::empty_like(values);
    } else {
      // dx = w/s (dy - mean dy - xhat * mean(dy xhat)), s the standard deviation and xhat the
      // normalised x.
      const Tensor invstd = (var.to(at::kDouble) + eps).rsqrt();
      const Tensor scale = weight.to(at::kDouble) * invstd, slope = scale * invstd * sums[0];
      const Tensor offset = slope * mean.to(at::kDouble) - scale * sums[1];
      dx.addcmul_(values, by_channel(slope.to(at::kFloat), x), -1).add_(by_channel(offset.to(at::kFloat), x));
    }
    return {dx.to(x.scalar_type()), dweight, dbias, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

TORCH_LIBRARY_FRAGMENT(bcl, m) {
  m.def(
      "sync_batch_norm(Tensor input, Tensor weight, Tensor bias, Tensor(a!) running_mean, Tensor(b!) running_var, "
      "float momentum, float eps, int group) -> Tensor",
      [](const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
         double momentum, double eps, int64_t group) {
        return Sync::apply(x, weight, bias, running_mean, running_var, momentum, eps, group);
      });
}

"""Writes goldens.safetensors: PyTorch's results for the calls in the tests of package torch.

    python make_goldens.py

"rng/..." are draws after torch.manual_seed(10), in the order below; "in/..." the inputs and "op/..." the results of the
operators that package torch has a method or function for. Results with several tensors are "op/name/0", "op/name/1".
"""

import os
import platform

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
out = {}


def put(name, value):
    if isinstance(value, (tuple, list)):
        for i, v in enumerate(value):
            put(f"{name}/{i}", v)
        return
    if not isinstance(value, torch.Tensor):
        value = torch.tensor(value)
    assert name not in out, name
    out[name] = value.detach().contiguous().clone()


torch.manual_seed(10)
put("rng/randn", torch.randn(3, 5))
put("rng/randn_large", torch.randn(100, 7))
put("rng/randn_float64", torch.randn(50, dtype=torch.float64))
put("rng/rand", torch.rand(4, 33))
put("rng/randint", torch.randint(-3, 1000, (5, 7)))
put("rng/randperm", torch.randperm(101))
put("rng/uniform_", torch.empty(33, 3).uniform_(-0.25, 0.75))
put("rng/normal_", torch.empty(3, 33).normal_(2, 0.5))
put("rng/normal_small", torch.empty(7).normal_(-1, 3))
put("rng/dropout", F.dropout(torch.ones(40), 0.3, True))
put("rng/state", torch.get_rng_state())
torch.manual_seed(2**63 + 11)
put("rng/large_seed", torch.rand(3))

torch.manual_seed(1)
a, b = torch.randn(3, 4), torch.randn(3, 4)
m = torch.randn(4, 5)
img = torch.randn(2, 4, 6, 6)
w, wb = torch.randn(6, 2, 3, 3), torch.randn(6)
lw, lb = torch.randn(5, 4), torch.randn(5)
gamma, beta, mean, var = torch.rand(4), torch.rand(4), torch.rand(4), torch.rand(4) + 0.5
target = torch.tensor([1, 3, 0])
places = torch.tensor([2, 0])
mask = a > 0.3
for k, v in dict(a=a, b=b, m=m, img=img, w=w, wb=wb, lw=lw, lb=lb, gamma=gamma, beta=beta, mean=mean, var=var, target=target,
                 places=places, mask=mask).items():  # fmt: skip
    put("in/" + k, v)

running = mean.clone(), var.clone()
special = torch.tensor([0.0, float("inf"), float("nan"), -1.0])
put("in/special", special)
index = torch.tensor([[0, 1, 3], [3, 0, 0], [2, 2, 1]])
put("in/index", index)

ops = {
    "add": a + b, "sub": a - b, "mul": a * b, "div": a / b, "add_scalar": a + 1.5, "mul_scalar": a * -2.5, "div_scalar": a / 3,
    "add_": a.clone().add_(b, alpha=0.5), "mul_": a.clone().mul_(b), "mul_scalar_": a.clone().mul_(3), "copy_": a.clone().copy_(b),
    "zero_": torch.zeros(3, 4), "fill_": torch.full((3, 4), 2.5),
    "neg": -a, "abs": a.abs(), "exp": a.exp(), "log": a.abs().log(), "sqrt": a.abs().sqrt(), "square": a.square(), "pow": a.abs().pow(1.5),
    "clamp_min": a.clamp_min(0.2), "eq": a.eq(torch.where(mask, a, b)), "ge": a >= b, "gt_scalar": a > 0.1,
    "logical_not": mask.logical_not(), "isfinite": special.isfinite(), "masked_fill": a.masked_fill(mask, -7), "where": torch.where(mask, a, b),
    "matmul": img @ torch.ones(6, 2), "mm": a @ m,
    "sum": a.sum(), "sum_dim": img.sum((0, 2), True), "mean_all": a.mean(), "mean_dim": img.mean((1,)), "std": a.std(), "std_biased": a.std(unbiased=False),
    "max": a.max(), "min": a.min(), "all": mask.all(), "any": mask.any(), "norm": a.norm(), "logsumexp": a.logsumexp(1, True),
    "argmax": a.argmax(1), "topk": a.topk(2, 1, True), "topk_smallest": a.topk(3, 0, False), "sort": a.sort(1, True), "kthvalue": a.kthvalue(2, 1),
    "view": a.view(2, -1), "reshape": img.permute(1, 0, 2, 3).reshape(8, 36), "flatten": img.flatten(1), "permute": img.permute(0, 2, 3, 1),
    "t": a.t(), "transpose": img.transpose(1, 3), "unsqueeze": a.unsqueeze(1), "squeeze": a.unsqueeze(1).squeeze(1), "expand": a.unsqueeze(0).expand(2, -1, -1),
    "narrow": a.narrow(1, 1, 2), "select": a.select(1, 2), "index_select": a.index_select(0, places), "index": img[torch.tensor([1, 0]), target[:2]],
    "index_mask": a[mask], "gather": a.gather(1, index), "index_copy_": a.clone().index_copy_(0, places, b[:2]),
    "scatter_add_": a.clone().scatter_add_(1, index, b[:, :3]), "cat": torch.cat([a, b], 1), "stack": torch.stack([a, b], 1),
    "diagonal": a.diagonal(1), "to": (a * 10).to(torch.int32), "eye": torch.eye(3), "arange": torch.arange(-2, 5), "full": torch.full((2, 2), 1.5),
    "conv2d": F.conv2d(img, w, wb, 2, 1, 1, 2), "conv2d_dilated": F.conv2d(img, w, None, 1, 2, 2, 2), "linear": F.linear(a, lw, lb), "linear_no_bias": F.linear(a, lw),
    "batch_norm": F.batch_norm(img, *running, gamma, beta, True, 0.1, 1e-5), "running": running,
    "batch_norm_eval": F.batch_norm(img, mean, var, gamma, beta, False, 0.1, 1e-5),
    "relu": a.relu(), "relu_": a.relu(), "max_pool2d": F.max_pool2d(img, 3, 2, 1), "avg_pool2d": F.avg_pool2d(img, 3, 2),
    "adaptive_avg_pool2d": F.adaptive_avg_pool2d(img, (2, 3)), "dropout_eval": F.dropout(a, 0.5, False), "normalize": F.normalize(a, dim=1),
    "softmax": a.softmax(1), "log_softmax": a.log_softmax(0), "cross_entropy": F.cross_entropy(a, target), "cross_entropy_sum": F.cross_entropy(a, target, reduction="sum"),
    "cross_entropy_none": F.cross_entropy(a, target, reduction="none"), "nll_loss": F.nll_loss(a, target), "mse_loss": F.mse_loss(a, b),
}  # fmt: skip
for k, v in ops.items():
    put("op/" + k, v)

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
save_file(out, path, versions)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

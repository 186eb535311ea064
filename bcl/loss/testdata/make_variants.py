"""Writes variants.safetensors: contrastive losses of samples and their gradients, by their papers' formulas in torch float64.

    python make_variants.py

The formulas are rewritten row by row from the papers and the released code that the package's comments name, without
log-sum-exp. Rows 2i and 2i+1 of "CASE/z" are the views of sample i; "CASE/NAME/loss" are the losses of samples, "CASE/NAME/grad"
is the gradient of their mean weighted by "CASE/weights", or of the mean of losses times weights for the re-weightings.
"""

import json
import os
import platform

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)


def rows(z1, z2):
    """For each of the 2B rows: the cosine with its positive, and those with its 2B-2 negatives."""
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    b = len(z1)
    cosines = z @ z.T
    keep = torch.tensor([[i % b != j % b for j in range(2 * b)] for i in range(2 * b)])
    positive = torch.stack([cosines[i, (i + b) % (2 * b)] for i in range(2 * b)])
    return positive, torch.stack([cosines[i][keep[i]] for i in range(2 * b)])


def samples(rows):
    return rows.view(2, -1).mean(0)


def nt_xent(z1, z2, t):
    p, n = rows(z1, z2)
    pos = torch.exp(p / t)
    return samples(-torch.log(pos / (pos + torch.exp(n / t).sum(1))))


def focal(z1, z2, t, gamma):
    p, n = rows(z1, z2)
    pos = torch.exp(p / t)
    share = pos / (pos + torch.exp(n / t).sum(1))
    return samples(-((1 - share) ** gamma) * torch.log(share))


def hard_negative(z1, z2, t, beta, tau_plus):
    p, n = rows(z1, z2)
    pos, neg = torch.exp(p / t), torch.exp(n / t)
    count = n.shape[1]
    importance = neg**beta
    reweighted = (importance * neg).sum(1) / importance.mean(1)
    ng = torch.clamp((reweighted - tau_plus * count * pos) / (1 - tau_plus), min=count * torch.exp(torch.tensor(-1 / t, dtype=z1.dtype)).item())
    return samples(-torch.log(pos / (pos + ng)))


def dcl(z1, z2, t, sigma=None):
    p, n = rows(z1, z2)
    w = torch.ones(len(z1), dtype=z1.dtype)
    if sigma is not None:
        e = torch.exp(p[: len(z1)].detach() / sigma)
        w = 2 - e / e.mean()
    return samples(-torch.cat([w, w]) * p / t + torch.log(torch.exp(n / t).sum(1)))


def far(z1, z2):
    d = 1 - (F.normalize(z1, dim=1) * F.normalize(z2, dim=1)).sum(1).detach()
    return 1 + (d - d.mean()) / (d.max() - d.min())


def lotar(z1, z2):
    d = torch.linalg.norm(z1 - z2, dim=1)
    return 1 - (d - d.mean()) / (d.max() - d.min())


CASES = [  # samples, dimensions, temperature, gamma, beta, tau_plus, sigma
    (2, 3, 0.2, 2.0, 1.0, 0.1, 0.5),
    (5, 8, 0.5, 2.0, 1.0, 0.1, 0.5),
    (16, 128, 0.2, 1.0, 0.5, 0.2, 0.3),
    (7, 16, 1.0, 0.0, 0.0, 0.1, 2.0),
    (26, 16, 0.05, 5.0, 2.0, 0.0, 0.5),
]
out = {}
torch.manual_seed(7)
for i, (b, d, t, gamma, beta, tau_plus, sigma) in enumerate(CASES):
    shared = torch.randn(b, 1, d, dtype=torch.float64)  # the views of a sample are alike
    z = ((shared + torch.randn(b, 2, d, dtype=torch.float64)) * (1 + 5 * torch.rand(b, 2, 1, dtype=torch.float64))).float().flatten(0, 1)
    weights = torch.rand(b).add(0.5)
    out |= {f"{i}/z": z, f"{i}/weights": weights}
    for name, f in {
        "nt-xent": lambda a, c: nt_xent(a, c, t),
        "focal": lambda a, c: focal(a, c, t, gamma),
        "hard-negative": lambda a, c: hard_negative(a, c, t, beta, tau_plus),
        "dcl": lambda a, c: dcl(a, c, t),
        "dclw": lambda a, c: dcl(a, c, t, sigma),
    }.items():
        x = z.double().requires_grad_()
        loss = f(x[0::2], x[1::2])
        (loss * weights).mean().backward()
        out |= {f"{i}/{name}/loss": loss.detach().float(), f"{i}/{name}/grad": x.grad.float()}
    for name, f in {"far": far, "lotar": lotar}.items():
        x = z.double().requires_grad_()
        w = f(x[0::2], x[1::2])
        (nt_xent(x[0::2], x[1::2], t) * w).mean().backward()
        out |= {f"{i}/{name}/weight": w.detach().float(), f"{i}/{name}/grad": x.grad.float()}

for i, (b, d, count, t) in enumerate([(3, 4, 5, 0.2), (9, 16, 40, 0.07)]):
    q, k, keys = torch.randn(b, d), torch.randn(b, d), F.normalize(torch.randn(count, d), dim=1)
    x = q.double().requires_grad_()
    a, c = F.normalize(x, dim=1), F.normalize(k.double(), dim=1)
    logits = torch.cat([(a * c).sum(1, keepdim=True), a @ keys.double().T], 1) / t
    loss = F.cross_entropy(logits, torch.zeros(b, dtype=torch.long), reduction="none")
    loss.mean().backward()
    negatives = logits.detach()[:, 1:]
    share = torch.softmax(logits.detach(), 1)[:, 1:]
    out |= {f"infonce/{i}/align": 1 - (a * c).sum(1).detach().float(), f"infonce/{i}/density": torch.log(torch.exp(negatives).mean(1)).float()}
    out |= {f"infonce/{i}/colt": share.topk(min(10, count), 1).values.sum(1).float()}
    out |= {f"infonce/{i}/q": q, f"infonce/{i}/k": k, f"infonce/{i}/keys": keys, f"infonce/{i}/loss": loss.detach().float(), f"infonce/{i}/grad": x.grad.float()}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
names = ["samples", "dimensions", "temperature", "gamma", "beta", "tauPlus", "sigma"]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "variants.safetensors")
metadata = {"versions": versions, "cases": [dict(zip(names, c)) for c in CASES]}
save_file({n: v.contiguous() for n, v in out.items()}, path, {n: json.dumps(v) for n, v in metadata.items()})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

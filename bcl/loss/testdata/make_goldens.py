"""Writes goldens.safetensors: NT-Xent losses of samples by the published formula, in torch float32, and their gradients.

    python make_goldens.py

The formula is rewritten from the paper: -log(pos / (pos + Ng)), with Ng the sum over the 2B-2 views that are neither
the row itself nor its positive; rows 2i and 2i+1 of the batch are the views of sample i. It overflows below T = 0.011,
where the package's log-sum-exp does not.
"""

import json
import os
import platform

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)


def published(z, temperature):
    views = F.normalize(z, dim=-1).unflatten(0, (-1, 2))
    first, second = views[:, 0], views[:, 1]
    rows = torch.cat([first, second])
    b = len(first)
    at = torch.arange(2 * b) % b
    negative = at[:, None] != at[None, :]
    similar = torch.exp(rows @ rows.T / temperature)
    ng = torch.where(negative, similar, torch.zeros(())).sum(1)
    pos = torch.exp((first * second).sum(-1) / temperature).repeat(2)
    return -torch.log(pos / (pos + ng)).view(2, b).mean(0)


out = {}
torch.manual_seed(3)
CASES = [(2, 3, 0.2), (5, 8, 0.2), (16, 128, 0.2), (16, 128, 0.05), (7, 16, 1.0), (7, 16, 30.0), (26, 128, 0.5)]
for i, (b, d, t) in enumerate(CASES):
    z = (torch.randn(2 * b, d) * (1 + torch.rand(2 * b, 1) * 5)).requires_grad_()
    loss = published(z, t)
    loss.mean().backward()
    out |= {f"{i}/z": z.detach(), f"{i}/loss": loss.detach(), f"{i}/grad": z.grad}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
save_file(out, path, {"versions": json.dumps(versions), "temperatures": json.dumps([t for _, _, t in CASES])})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

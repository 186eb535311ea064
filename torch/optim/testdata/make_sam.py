"""Writes sam.safetensors: parameters after steps of sharpness-aware minimisation, by its formulas in torch.

    python make_sam.py

A step is: gradients g at p, e = rho g/|g| (adaptive: rho p^2 g/|p g|) with the norm over all parameters, gradients at p + e,
and torch.optim.SGD's step of p with those. The loss is sum of w tanh(x p1 + p0)^2; draws are uniform after manual_seed(1).
"""

import json
import os
import platform

import torch
from safetensors.torch import save_file

torch.set_num_threads(1)
out = {}
for name, rho, adaptive in [("plain", 0.05, False), ("adaptive", 0.5, True)]:
    torch.manual_seed(1)
    p = [(torch.rand(s) - 0.5).requires_grad_() for s in [(4,), (3, 4)]]
    x, w = torch.rand(8, 3) - 0.5, torch.rand(8)
    o = torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=5e-4)

    def grads():
        loss = (w * torch.tanh(x @ p[1] + p[0]).square().sum(1)).sum()
        return torch.autograd.grad(loss, p)

    for _ in range(5):
        g = grads()
        old = [q.detach().clone() for q in p]
        norm = torch.stack([((q.abs() if adaptive else 1) * d).norm() for q, d in zip(old, g)]).norm()
        with torch.no_grad():
            for q, d in zip(p, g):
                q += rho * (q * q if adaptive else 1) * d / (norm + 1e-12)
        g = grads()
        with torch.no_grad():
            for q, b, d in zip(p, old, g):
                q.copy_(b)
                q.grad = d
        o.step()
    for i, q in enumerate(p):
        out[f"{name}/{i}"] = q.detach()

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sam.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

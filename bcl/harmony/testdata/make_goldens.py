"""Writes goldens.safetensors: Geometric Harmonization by the formulas of the paper and the authors' code, in torch float32.

    python make_goldens.py

The formulas are rewritten. Directions are sqrt(K/(K-1)) (I - 11'/K) U with U the polar factor of normal numbers; only
their Gram matrix is compared, as the rotation is drawn. Sinkhorn's algorithm scales exp(t/0.05) to the columns' sums pi and
the rows' sums 1/B alternately, rows last. Histories and shares follow batches of six epochs, the loss starting at the fourth.
"""

import json
import os
import platform

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
torch.manual_seed(5)
out = {}


def directions(k, d):
    u, _, v = torch.linalg.svd(torch.randn(k, d, dtype=torch.float64), full_matrices=False)
    centre = torch.eye(k, dtype=torch.float64) - 1 / k
    return (k / (k - 1)) ** 0.5 * centre @ (u @ v)


def labels(t, pi, iterations):
    with torch.no_grad():
        m = torch.exp(t / 0.05)
        b = len(t)
        row, col = torch.full((b,), 1 / b), pi.float() / pi.float().sum()
        y = row.clone()
        for _ in range(iterations):
            x = col / (m.T @ y)
            y = row / (m @ x)
        return b * y[:, None] * m * x[None]


def cross_entropy(q, t):
    return -(q * F.log_softmax(t / 0.1, 1)).sum(1).mean()


for k, d in [(2, 3), (10, 16), (100, 128)]:
    w = directions(k, d)
    out[f"gram/{k}"] = w @ w.T

LOSSES = [(4, 3, 3, 300), (16, 10, 16, 300), (26, 100, 128, 300), (16, 10, 16, 3)]
for i, (b, k, d, iterations) in enumerate(LOSSES):
    w = directions(k, d).float()
    z = (torch.randn(2, b, d) * (1 + 5 * torch.rand(2, b, 1))).requires_grad_()
    pi = torch.rand(k, dtype=torch.float64) ** 2
    pi[1] = 0  # a class without samples
    pi /= pi.sum()
    t1, t2 = (F.normalize(side @ w.T, dim=1) for side in z)
    q1, q2 = labels(t1, pi, iterations), labels(t2, pi, iterations)
    loss = cross_entropy(q1, t2) + cross_entropy(q2, t1)
    loss.backward()
    out |= {f"{i}/w": w, f"{i}/z": z.detach(), f"{i}/pi": pi, f"{i}/t1": t1.detach(), f"{i}/q1": q1, f"{i}/loss": loss.detach(), f"{i}/grad": z.grad}

SAMPLES, CLASSES, BATCH, FIRST, EPOCHS, MOMENTUM = 30, 7, 8, 4, 6, 0.75
history = torch.zeros(SAMPLES, CLASSES)
for epoch in range(1, EPOCHS + 1):
    order = torch.randperm(SAMPLES)
    logits = F.normalize(torch.randn(SAMPLES, CLASSES) + torch.linspace(1, 0, CLASSES), dim=1)
    for batch in order.split(BATCH):
        beta = 0.9 if epoch < FIRST else MOMENTUM
        new = logits[batch]
        history[batch] = new if epoch == 1 else beta * history[batch] + (1.0 - beta) * new
    share = history.argmax(1).bincount(minlength=CLASSES).double() / SAMPLES
    out |= {f"epoch{epoch}/order": order, f"epoch{epoch}/logits": logits[order].clone(), f"epoch{epoch}/history": history.clone(), f"epoch{epoch}/shares": share}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
population = {"samples": SAMPLES, "classes": CLASSES, "batch": BATCH, "first": FIRST, "epochs": EPOCHS, "momentum": MOMENTUM}
metadata = {"versions": versions, "iterations": [i for *_, i in LOSSES], "population": population}
save_file({n: t.contiguous() for n, t in out.items()}, path, {n: json.dumps(v) for n, v in metadata.items()})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

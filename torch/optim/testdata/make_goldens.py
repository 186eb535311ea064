"""Writes goldens.safetensors: parameters after steps of torch.optim, and learning rates of its schedules.

    python make_goldens.py

Parameters and gradients are uniform draws after torch.manual_seed(1), whose bits do not depend on the processor: see
draw(), and optim_test.go, which does the same. "NAME/fused/i" is parameter i by the fused kernel, "NAME/default/i" by
torch.optim's default on a CPU.
"""

import json
import os
import platform

import numpy as np
import torch
from safetensors.torch import save_file
from torch import optim
from torch.optim import lr_scheduler

torch.set_num_threads(1)
SHAPES = [(37, 5), (101,), (), (4, 3, 3, 3)]


def draw(shape):
    return torch.rand(shape) - 0.5


def run(make, steps):
    torch.manual_seed(1)
    params = [draw(s).requires_grad_() for s in SHAPES]
    o = make(params)
    for _ in range(steps):
        for p in params:
            p.grad = draw(p.shape)
        o.step()
    return [p.detach() for p in params]


RUNS = {
    "sgd": (10, lambda **k: lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=5e-4, **k)),
    "sgd_plain": (10, lambda **k: lambda p: optim.SGD(p, lr=0.03, **k)),
    "sgd_one_step": (1, lambda **k: lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1, **k)),
    "adam": (100, lambda **k: lambda p: optim.Adam(p, lr=1e-2, weight_decay=5e-6, **k)),
    "adam_decay": (100, lambda **k: lambda p: optim.Adam(p, lr=1e-3, weight_decay=0.1, **k)),
}
out = {}
for name, (steps, make) in RUNS.items():
    for kind, how in {"fused": {"fused": True}, "default": {}}.items():
        for i, p in enumerate(run(make(**how), steps)):
            out[f"{name}/{kind}/{i}"] = p


def rates(base, scheduler, advance_first, n):
    """The learning rates of n steps; the schedule advances before each step (the method) or after it (the probe)."""
    o = optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    s = scheduler(o)
    r = []
    for _ in range(n):
        if advance_first:
            o.step()  # quiets a warning about the order, which the published code has too
            s.step()
        r.append(float(o.param_groups[0]["lr"]))
        if not advance_first:
            o.step()
            s.step()
    return r


def warmup_cosine(total, lo, warmup):
    """The published schedule as a factor of the learning rate."""

    def factor(step):
        if step < warmup:
            return step / warmup
        return lo + (1 - lo) * 0.5 * (1 + np.cos((step - warmup) / (total - warmup) * np.pi))

    return factor


cosine = []
for base, warmup, total in [(0.5, 200, 4000), (0.1, 7, 100), (0.5, 0, 50)]:
    f = warmup_cosine(total, 1e-6 / base, warmup)
    r = rates(base, lambda o: lr_scheduler.LambdaLR(o, f), True, total)
    cosine.append({"base": base, "warmup": warmup, "total": total, "lr": r})
exponential = []
for base, last, epochs in [(1e-2, 1e-6, 500), (0.3, 1e-3, 7), (1e-2, 1e-6, 100)]:
    gamma = (last / base) ** (1 / epochs)
    r = rates(base, lambda o: lr_scheduler.ExponentialLR(o, gamma=gamma), False, epochs)
    exponential.append({"base": base, "last": last, "epochs": epochs, "lr": r})

versions = {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
metadata = {"versions": json.dumps(versions), "cosine": json.dumps(cosine), "exponential": json.dumps(exponential)}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
save_file({k: v.contiguous() for k, v in out.items()}, path, metadata)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

"""Writes goldens.safetensors: a linear probe's weights after 100 steps of the published protocol.

    python make_goldens.py

Features and labels are draws after torch.manual_seed(4). "fused/..." is by Adam's fused kernel, "default/..." as
torch.optim.Adam's default on a CPU.
"""

import json
import os
import platform

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
N, D, CLASSES, EPOCHS, BATCH = 95, 16, 5, 10, 10
torch.manual_seed(4)
x, y = torch.rand(N, D), torch.randint(0, CLASSES, (N,))
out = {"x": x, "y": y}
for kind, how in {"fused": {"fused": True}, "default": {}}.items():
    torch.manual_seed(10)
    clf = torch.nn.Linear(D, CLASSES)
    opt = torch.optim.Adam(clf.parameters(), lr=1e-2, weight_decay=5e-6, **how)
    schedule = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=(1e-6 / 1e-2) ** (1 / EPOCHS))
    for _ in range(EPOCHS):
        for at in torch.randperm(N).split(BATCH):
            opt.zero_grad()
            F.cross_entropy(clf(x[at]), y[at]).backward()
            opt.step()
        schedule.step()
    out |= {f"{kind}/weight": clf.weight.detach(), f"{kind}/bias": clf.bias.detach()}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

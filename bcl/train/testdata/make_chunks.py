"""Writes chunks.safetensors: losses, gradients and running statistics of one step of plain PyTorch, to compare with a step in
chunks, which never has the whole batch in memory:

- chunk/: the batch in two chunks, each normalised by its own statistics; one loss of all, one backward pass;
- batch/: the batch at once, normalised by its statistics.

    python make_chunks.py

The network is that of ../../model/internal/parity, after torch.manual_seed(10). Gradients and statistics are every k-th
element, k = max(1, n // 64).
"""

import copy
import json
import os
import platform
import sys

import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "model", "internal", "parity"))
import network  # noqa: E402

torch.set_num_threads(1)


def sample(t):
    flat = t.detach().flatten()
    return flat[:: max(1, len(flat) // 64)].clone()


torch.manual_seed(10)
initial = network.SimCLR("resnet10", "cifar", 4, 100)
pixels = network.pixels(9, 16)  # rows 2i and 2i+1 are the views of sample i
x = network.to_input(pixels, True)
out = {"pixels": pixels}
out |= {"weight/" + k: sample(v) for k, v in initial.named_parameters()}
for name, bounds in {"chunk": [0, 4, 9], "batch": [0, 9]}.items():
    net = copy.deepcopy(initial).train()
    z = torch.cat([net(x[2 * lo : 2 * hi]) for lo, hi in zip(bounds, bounds[1:])])
    losses = network.nt_xent(z, 0.2)
    losses.mean().backward()
    out[name + "/losses"] = losses.detach()
    out |= {f"{name}/grad/{k}": sample(p.grad) for k, p in net.named_parameters()}
    out |= {f"{name}/buffer/{k}": sample(v) for k, v in net.named_buffers()}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(HERE, "chunks.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

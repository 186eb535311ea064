"""Writes perview.safetensors: a step's losses, gradients and running statistics where a network with PyTorch's initial
weights sees the two views of a batch one after the other, each normalised by CIFAR's mean and standard deviation.

    python make_perview.py

The network is that of ../../model/internal/parity, after torch.manual_seed(10). Gradients and statistics are every k-th
element, k = max(1, n // 64).
"""

import json
import os
import platform
import sys

import torch
from safetensors.torch import save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "model", "internal", "parity"))
import network  # noqa: E402

torch.set_num_threads(1)


def sample(t):
    flat = t.detach().flatten()
    return flat[:: max(1, len(flat) // 64)].clone()


kaiming, nn.init.kaiming_normal_ = nn.init.kaiming_normal_, lambda *args, **kwargs: None
torch.manual_seed(10)
net = network.SimCLR("resnet10", "cifar", 4, 100)
nn.init.kaiming_normal_ = kaiming
net.backbone.normalize.mean.copy_(torch.tensor([0.4914, 0.4822, 0.4465]))
net.backbone.normalize.std.copy_(torch.tensor([0.2023, 0.1994, 0.2010]))
out = {"weight/" + k: sample(v) for k, v in net.named_parameters()}

pixels = network.pixels(8, 16)  # rows 2i and 2i+1 are the views of sample i
x = network.to_input(pixels, True)
net.train()
z1, z2 = net(x[0::2]), net(x[1::2])
losses = network.nt_xent(torch.stack([z1, z2], 1).flatten(0, 1), 0.2)
losses.mean().backward()
out |= {"pixels": pixels, "losses": losses.detach()}
out |= {"grad/" + k: sample(p.grad) for k, p in net.named_parameters()}
out |= {"buffer/" + k: sample(v) for k, v in net.named_buffers()}

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
path = os.path.join(HERE, "perview.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

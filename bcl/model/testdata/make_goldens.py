"""Writes what the tests of package model compare with, computed by ../internal/parity/network.py:

    python make_goldens.py

initial.json     names, in order, and SHA-256 (the first 16 digits) of the initial weights after torch.manual_seed(10)
step.safetensors two training steps of a small network and its evaluation, then the losses of eight more. Weights,
                 gradients and statistics are every k-th element, k = max(1, n // 64): "weight/NAME" and so on; see sample().
                 Each once contiguous and, under "channels_last/", once in that format: at one rounding a ReLU or a
                 maximum may choose otherwise, and a gradient differs by a percent.
"""

import hashlib
import json
import os
import platform
import sys

import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "internal", "parity"))
import network  # noqa: E402

torch.set_num_threads(1)
versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}


def digest(t):
    return hashlib.sha256(t.contiguous().numpy().tobytes()).hexdigest()[:16]


networks = []
for arch, stem, width, classes in [
    ("resnet10", "cifar", 8, 10),
    ("resnet18", "cifar", 64, 100),
    ("resnet34", "cifar", 16, 100),
    ("resnet50", "cifar", 64, 100),
    ("resnet50", "imagenet", 16, 1000),
]:
    torch.manual_seed(10)
    net = network.SimCLR(arch, stem, width, classes)
    state = [[k, digest(v)] for k, v in net.state_dict().items()]
    parameters = [k for k, _ in net.named_parameters()]
    networks.append({"arch": arch, "stem": stem, "width": width, "classes": classes, "state": state, "parameters": parameters})
with open(os.path.join(HERE, "initial.json"), "w") as f:
    json.dump({"versions": versions, "networks": networks}, f, indent=0)
    f.write("\n")


def sample(t):
    flat = t.detach().flatten()
    return flat[:: max(1, len(flat) // 64)].clone()


def small(steps, channels_last):
    torch.manual_seed(10)
    net = network.SimCLR("resnet10", "cifar", 8, 10)
    views = network.pixels(16, 32)
    return net, views, network.train(net, views, steps, 0.5, 200, channels_last=channels_last, fused=True)


out = {}
for prefix, channels_last in ("", False), ("channels_last/", True):
    net, views, training = small(2, channels_last)
    for step, z, _ in training:
        if step == 1:
            out[prefix + "projections"] = z.detach().clone()
            for k, p in net.named_parameters():
                out[prefix + "grad/" + k] = sample(p.grad)
    for k, v in net.state_dict().items():
        out[prefix + "weight/" + k] = sample(v)
    net.eval()
    with torch.no_grad():
        out[prefix + "features"] = net.backbone(network.to_input(views, channels_last))
    for step, _, losses in small(10, channels_last)[2]:
        out[f"{prefix}losses/{step}"] = losses.detach().clone()
path = os.path.join(HERE, "step.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes; initial.json {os.path.getsize(os.path.join(HERE, 'initial.json'))} bytes; {versions}")

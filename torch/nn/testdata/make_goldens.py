"""Writes goldens.safetensors: PyTorch's initial weights, names, and one training step of a small network.

    python make_goldens.py

"init/..." are state dicts after torch.manual_seed(10), built in the order below. The metadata "names" has the order of
the network's state_dict, "parameters" and "modules" those of named_parameters and named_modules.
"""

import json
import os
import platform

import torch
from safetensors.torch import save_file
from torch import nn

torch.set_num_threads(1)
out = {}


def put(prefix, module):
    for k, v in module.state_dict().items():
        out[f"{prefix}.{k}"] = v.clone()


torch.manual_seed(10)
put("init/conv3", nn.Conv2d(3, 16, 3, bias=False))
put("init/conv7", nn.Conv2d(5, 2, 7, bias=False))
put("init/linear", nn.Linear(20, 7))
put("init/linear_no_bias", nn.Linear(33, 3, bias=False))
put("init/norm", nn.BatchNorm2d(5))
conv = nn.Conv2d(4, 9, 3, bias=False)
nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
put("init/kaiming", conv)
linear = nn.Linear(6, 9, bias=False)
nn.init.kaiming_normal_(linear.weight, mode="fan_out", nonlinearity="relu")
put("init/kaiming_linear", linear)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.MaxPool2d(2, 2, 0))
        self.head = nn.Linear(16, 2)
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return self.norm(self.head(self.stem(x).flatten(1)))


net = Net()
put("net", net)
x = torch.rand(5, 3, 8, 8)
out["x"] = x
for i in range(2):
    y = net(x + i)
    out[f"train/{i}"] = y.detach().clone()
y.square().sum().backward()
for k, p in net.named_parameters():
    out["grad/" + k] = p.grad.clone()
put("after", net)
net.eval()
out["eval"] = net(x).detach().clone()

versions = {"torch": torch.__version__, "python": platform.python_version(), "cpu": torch.backends.cpu.get_cpu_capability()}
metadata = {
    "versions": json.dumps(versions),
    "names": json.dumps(list(net.state_dict())),
    "parameters": json.dumps([k for k, _ in net.named_parameters()]),
    "modules": json.dumps([k for k, _ in net.named_modules()]),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.safetensors")
save_file({k: v.contiguous() for k, v in out.items()}, path, metadata)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")

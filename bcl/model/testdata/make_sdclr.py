"""Writes sdclr.json: what PyTorch makes of the SDCLR network, for sdclr_golden_test.go.

    python make_sdclr.py > sdclr.json        (torch 2.11)

The network is written from scratch here, in the order in which the authors' code draws its
weights, and so is their step with its three forward passes.
"""
import hashlib
import json
import math

import torch
from torch import nn
from torch.nn import functional as F


class Dual(nn.Module):
    def __init__(self, kind, channels):
        super().__init__()
        self.bn_list = nn.ModuleList([kind(channels), kind(channels)])

    def forward(self, x, i):
        return self.bn_list[i](x)


class Conv(nn.Conv2d):
    mask = None

    def forward(self, x, i):
        return F.conv2d(x, self.weight * self.mask if i else self.weight, None, self.stride, self.padding)


class Shortcut(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv = Conv(cin, cout, 1, stride, bias=False)
        self.bn = Dual(nn.BatchNorm2d, cout)

    def forward(self, x, i):
        return self.bn(self.conv(x, i), i)


class Block(nn.Module):
    def __init__(self, cin, planes, stride, shapes, shortcut):
        super().__init__()
        self.n = len(shapes)
        for k, (mult_in, mult_out, kernel) in enumerate(shapes, 1):
            first = cin if k == 1 else planes * mult_in
            s = stride if kernel == 3 and (k == 1 or self.n == 3) else 1
            setattr(self, f"conv{k}", Conv(first, planes * mult_out, kernel, s, kernel // 2, bias=False))
            setattr(self, f"bn{k}", Dual(nn.BatchNorm2d, planes * mult_out))
        self.downsample = shortcut

    def forward(self, x, i):
        y = x
        for k in range(1, self.n + 1):
            y = getattr(self, f"bn{k}")(getattr(self, f"conv{k}")(y, i), i)
            if k < self.n:
                y = F.relu(y)
        return F.relu(y + (x if self.downsample is None else self.downsample(x, i)))


BASIC = [(1, 1, 3), (1, 1, 3)]
BOTTLENECK = [(1, 1, 1), (1, 1, 3), (1, 4, 1)]
ARCHS = {"resnet10": (BASIC, 1, [1, 1, 1, 1]), "resnet18": (BASIC, 1, [2, 2, 2, 2]), "resnet50": (BOTTLENECK, 4, [3, 4, 6, 3])}


class Normalize(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]))


class Head(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc1 = nn.Linear(n, n)
        self.bn1 = Dual(nn.BatchNorm1d, n)
        self.fc2 = nn.Linear(n, 128, bias=False)
        self.bn2 = Dual(nn.BatchNorm1d, 128)

    def forward(self, x, i):
        return self.bn2(self.fc2(F.relu(self.bn1(self.fc1(x), i))), i)


class Backbone(nn.Module):
    def __init__(self, arch, width, classes):
        super().__init__()
        shapes, expansion, blocks = ARCHS[arch]
        self.normalize = Normalize()
        self.conv1 = Conv(3, width, 3, 1, 1, bias=False)
        self.bn1 = Dual(nn.BatchNorm2d, width)
        cin = width
        for s, n in enumerate(blocks):
            planes, stage = width << s, nn.ModuleList()
            for b in range(n):
                stride = 2 if s > 0 and b == 0 else 1
                out = planes * expansion
                short = Shortcut(cin, out, stride) if stride != 1 or cin != out else None
                stage.append(Block(cin, planes, stride, shapes, short))
                cin = out
            setattr(self, f"layer{s + 1}", stage)
        nn.Linear(cin, classes)  # drawn and dropped
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        self.fc = Head(cin)

    def forward(self, x, i):
        n = self.normalize
        x = (x - n.mean.view(1, 3, 1, 1)) / n.std.view(1, 3, 1, 1)
        x = F.relu(self.bn1(self.conv1(x, i), i))
        for s in range(1, 5):
            for block in getattr(self, f"layer{s}"):
                x = block(x, i)
        return self.fc(x.mean((2, 3)), i)


class Net(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.backbone = Backbone(*args)

    def forward(self, x, i):
        return self.backbone(x, i)


def digest(net):
    h = hashlib.sha256()
    for name, t in net.state_dict().items():
        h.update(name.encode() + b"\0" + t.contiguous().numpy().tobytes())
    return h.hexdigest()


def prune(net, share):
    convs = [m for m in net.modules() if isinstance(m, Conv)]
    w = torch.cat([m.weight.detach().abs().flatten() for m in convs])
    threshold = w.sort()[0][min(math.ceil(share * len(w)), len(w) - 1)]
    for m in convs:
        m.mask = (m.weight.detach().abs() >= threshold).float()
    masks = torch.cat([m.mask.flatten() for m in convs])
    return {"weights": len(w), "kept": int(masks.sum()), "sha256": hashlib.sha256(masks.bool().numpy().tobytes()).hexdigest()}


def ntxent(a, b, t):
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    z, n = torch.cat([a, b]), len(a)
    e = torch.exp(z @ z.T / t)
    pos = torch.exp((a * b).sum(-1) / t)
    keep = ~torch.eye(n, dtype=torch.bool).repeat(2, 2)
    negatives = (e * keep).sum(-1)
    return -torch.log(torch.cat([pos, pos]) / (torch.cat([pos, pos]) + negatives)).view(2, n).mean(0)


def views(n, size, k):
    i = torch.arange(n * 3 * size * size)
    return ((i * 7919 * k + i * i * k) % 1009).float().div(1008).view(n, 3, size, size)


def numbers(t):
    return [float(v) for v in t.detach().flatten()]


out = {"initial": {}}
for arch, width in [("resnet10", 4), ("resnet18", 64), ("resnet50", 4)]:
    torch.manual_seed(10)
    net = Net(arch, width, 100)
    out["initial"][f"{arch} {width}"] = {"tensors": len(net.state_dict()), "sha256": digest(net), "masks": prune(net, 0.9)}

torch.manual_seed(10)
net = Net("resnet10", 4, 100)
net.train()
prune(net, 0.9)
x1, x2 = views(6, 16, 1), views(6, 16, 3)
with torch.no_grad():
    other = net(x2, 1)
f1 = net(x1, 0)
first = ntxent(f1, other, 0.2)
first.mean().backward()
f2 = net(x2, 1)
ntxent(f1.detach(), f2, 0.2).mean().backward()
out["step"] = {
    "losses": numbers(first),
    "full": numbers(f1[:, :4]),
    "pruned": numbers(f2[:, :4]),
    "gradient_norms": {n: float(p.grad.norm()) for n, p in net.named_parameters()},
    "buffer_norms": {n: float(b.double().norm()) for n, b in net.named_buffers()},
}
print(json.dumps(out, indent=0))

"""The network, loss and step of SimCLR written for PyTorch, as the peer of packages model, loss and optim.

The modules are made in the order of the published code, so that torch.manual_seed gives them the same numbers; there the
classifier `fc` is made and dropped.
"""

import torch
import torch.nn.functional as F
from torch import nn


def conv(inputs, outputs, kernel, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    """A basic block (two 3x3) or a bottleneck (1x1, 3x3 with the stride, 1x1), and its shortcut."""

    def __init__(self, inputs, planes, stride, downsample, bottleneck):
        super().__init__()
        shapes = [(inputs, planes, 3, stride), (planes, planes, 3, 1)]
        if bottleneck:
            shapes = [(inputs, planes, 1, 1), (planes, planes, 3, stride), (planes, 4 * planes, 1, 1)]
        self.pairs = len(shapes)
        for i, shape in enumerate(shapes, 1):
            self.add_module(f"conv{i}", conv(*shape))
            self.add_module(f"bn{i}", nn.BatchNorm2d(shape[1]))
        self.downsample = downsample

    def forward(self, x):
        y = x
        for i in range(1, self.pairs + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.pairs:
                y = F.relu(y, inplace=True)
        y += x if self.downsample is None else self.downsample(x)
        return F.relu(y, inplace=True)


class Normalize(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]))

    def forward(self, x):
        return x.sub(self.mean[None, :, None, None]).div(self.std[None, :, None, None])


BLOCKS = {"resnet10": (1, 1, 1, 1), "resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3)}


class ResNet(nn.Module):
    def __init__(self, arch, stem, width, classes):
        super().__init__()
        bottleneck = arch == "resnet50"
        expansion = 4 if bottleneck else 1
        self.normalize = Normalize()
        large = stem == "imagenet"
        self.conv1 = conv(3, width, 7, 2) if large else conv(3, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        inputs = width
        for i, n in enumerate(BLOCKS[arch]):
            planes, stride, blocks = width << i, 2 if i > 0 else 1, []
            for _ in range(n):
                downsample = None
                if stride != 1 or inputs != planes * expansion:
                    downsample = nn.Sequential(conv(inputs, planes * expansion, 1, stride), nn.BatchNorm2d(planes * expansion))
                blocks.append(Block(inputs, planes, stride, downsample, bottleneck))
                inputs, stride = planes * expansion, 1
            self.add_module(f"layer{i + 1}", nn.Sequential(*blocks))
        self.features = inputs
        nn.Linear(inputs, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(self.normalize(x))), inplace=True))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)


class Projector(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.fc1 = nn.Linear(inputs, inputs)
        self.bn1 = nn.BatchNorm1d(inputs)
        self.fc2 = nn.Linear(inputs, outputs, bias=False)
        self.bn2 = nn.BatchNorm1d(outputs)

    def forward(self, x):
        return self.bn2(self.fc2(F.relu(self.bn1(self.fc1(x)), inplace=True)))


class SimCLR(nn.Module):
    def __init__(self, arch, stem="cifar", width=64, classes=100):
        super().__init__()
        self.backbone = ResNet(arch, stem, width, classes)
        self.projector = Projector(self.backbone.features, 128)

    def forward(self, x):
        return self.projector(self.backbone(x))


def nt_xent(z, temperature):
    """Losses of samples; rows 2i and 2i+1 of z are the views of sample i."""
    pairs = z.view(-1, 2, z.shape[-1])
    z1, z2 = F.normalize(pairs[:, 0], dim=-1), F.normalize(pairs[:, 1], dim=-1)
    z = torch.cat([z1, z2])
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    logits = (z.mm(z.t()) / temperature).masked_fill(itself, float("-inf"))
    positive = (z1 * z2).sum(-1) / temperature
    return logits.logsumexp(1).view(2, -1).mean(0) - positive


def pixels(samples, size):
    """Views of a batch as uint8 images."""
    return torch.randint(0, 256, (2 * samples, size, size, 3)).to(torch.uint8)


def to_input(views, channels_last):
    """Interleaved pixels are channels_last already."""
    x = views.permute(0, 3, 1, 2).float().div(255)
    return x if channels_last else x.contiguous()


def train(net, views, steps, base_lr, warmup, channels_last, fused, temperature=0.2):
    """Yields (step, projections, losses of samples) before each update; the learning rate warms up from step 1."""
    opt = torch.optim.SGD(net.parameters(), lr=base_lr, momentum=0.9, weight_decay=5e-4, fused=fused)
    net.train()
    for step in range(1, steps + 1):
        opt.param_groups[0]["lr"] = base_lr * (step / warmup)
        z = net(to_input(views, channels_last))
        losses = nt_xent(z, temperature)
        opt.zero_grad()
        losses.mean().backward()
        yield step, z, losses
        opt.step()

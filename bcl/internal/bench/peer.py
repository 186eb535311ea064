"""The peer of the benchmarks: torchvision and Pillow making views, PyTorch training, with
"-compile" by torch.compile, which needs a C++ compiler and takes a minute before the first step.

Reads lines "TASK SECONDS" and answers each with a rate: views (or images) per second. See main.go.
"""

import atexit
import io
import os
import random
import sys
import tempfile
import time

import numpy as np
import torch
import torchvision
from PIL import Image, ImageFilter
from torch import nn
from torch.nn import functional as F
from torchvision import transforms as T

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "augment", "internal", "parity"))
import peer as ops  # noqa: E402

RANGES = [(0, 0.6), (0, 0.6), (0, 0.66), (0, 0.66), (0, 60), (0, 1), (0, 1), (0, 1), (0, 110), (4, 8)] + [
    (0.1, 1.9)
] * 4 + [(0, 0.4)]


def photo(w, h):
    """The image of photo.go, except for the noise's generator."""
    y, x, c = np.mgrid[0:h, 0:w, 0:3]
    v = 128 + 100 * np.sin(4 * (x / w + y / h) + c) + 12 * np.random.default_rng(0).normal(size=(h, w, 3))
    v[x + 2 * y > w] *= 0.6
    return Image.fromarray(v.clip(0, 255).astype(np.uint8))


class RandAugment:
    """k operations of the method's RandAugment, each applied with probability w."""

    def __init__(self, k, w):
        self.k, self.w = k, w

    def __call__(self, im):
        m = 10 + 20 * self.w if self.k == 1 else 5 + 25 * self.w * np.random.rand()
        for kind in random.choices(range(15), k=self.k):
            if random.random() < self.w:
                lo, hi = RANGES[kind]
                v = m / 30 * (hi - lo) + lo
                if kind < 5 and random.random() > 0.5:
                    v = -v
                im = ops.step(im, kind, v, random.random(), random.random())
        return im


def blur(im):
    return im.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))


def recipe(size, low, *more):
    return T.Compose(
        [
            T.RandomResizedCrop(size, scale=(low, 1.0), interpolation=T.InterpolationMode.BICUBIC),
            T.RandomHorizontalFlip(),
            T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            T.RandomGrayscale(p=0.2),
            *more,
        ]
    )


def rate(call, seconds, each=1):
    for _ in range(3):
        call()
    n, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < seconds:
        call()
        n += each
    return n / took


class Net(nn.Module):
    """SimCLR's network on torchvision's ResNet, with the stem for small images."""

    def __init__(self, blocks, width):
        super().__init__()
        net = torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, blocks)
        if width != 64:
            net = shrink(net, blocks, width)
        net.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        net.maxpool, net.fc = nn.Identity(), nn.Identity()
        d = 8 * width
        self.net = net
        self.head = nn.Sequential(
            nn.Linear(d, d), nn.BatchNorm1d(d), nn.ReLU(inplace=True), nn.Linear(d, 128, bias=False), nn.BatchNorm1d(128)
        )
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1))

    def forward(self, x):
        return self.head(self.net((x - self.mean) / self.std))


def shrink(net, blocks, width):
    block = torchvision.models.resnet.BasicBlock
    net.inplanes = width
    net.bn1 = nn.BatchNorm2d(width)
    for i, n in enumerate(blocks):
        setattr(net, f"layer{i + 1}", net._make_layer(block, width << i, n, stride=1 if i == 0 else 2))
    return net


def loss(z):
    """NT-Xent with log-sum-exp; rows 2i and 2i+1 are one sample."""
    z = F.normalize(z, dim=1)
    s = z @ z.T / 0.2
    s = s.masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    return F.cross_entropy(s, torch.arange(len(z)) ^ 1)


def trainer(blocks, width, views, autocast, compiled=False):
    net = Net(blocks, width).to(memory_format=torch.channels_last)
    if compiled:
        net.compile()
    opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, fused=True)
    pixels = torch.randint(0, 256, (views, 32, 32, 3), dtype=torch.uint8)

    def step():
        x = pixels.permute(0, 3, 1, 2).float() / 255
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            z = net(x)
        value = loss(z.float())
        opt.zero_grad()
        value.backward()
        opt.step()
        return value.item()

    return step


def jpeg():
    out = io.BytesIO()
    photo(500, 400).save(out, "JPEG", quality=90)
    data = out.getvalue()
    return lambda: np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def views_of_file():
    """The two views of a file that the page cache holds."""
    transform = recipe(224, 0.08, T.RandomApply([blur], p=0.5))
    with tempfile.NamedTemporaryFile(suffix=".jpg", delete=False) as f:
        atexit.register(os.unlink, f.name)
        photo(500, 400).save(f, "JPEG", quality=90)

    def call():
        im = Image.open(f.name).convert("RGB")
        return transform(im), transform(im)

    return call


def view(transform, im):
    return lambda: transform(im)


# name: (threads, items of a call, maker of the call)
TASKS = {
    "views-base": (1, 1, lambda: view(recipe(32, 0.1), photo(32, 32))),
    "views-k1": (1, 1, lambda: view(recipe(32, 0.1, RandAugment(1, 0.5)), photo(32, 32))),
    "views-k2": (1, 1, lambda: view(recipe(32, 0.1, RandAugment(2, 0.5)), photo(32, 32))),
    "views-224": (1, 1, lambda: view(recipe(224, 0.08, T.RandomApply([blur], p=0.5)), photo(500, 400))),
    "jpeg-decode": (1, 1, jpeg),
    "views-224-of-jpeg": (1, 2, views_of_file),
    "train-resnet10-w16": (0, 256, lambda: trainer([1, 1, 1, 1], 16, 256, False)),
    "train-resnet18": (0, 128, lambda: trainer([2, 2, 2, 2], 64, 128, False)),
    "train-resnet18-bf16": (0, 128, lambda: trainer([2, 2, 2, 2], 64, 128, True)),
    **{
        f"train-of-batch-{n}": (0, 2 * n, lambda n=n: trainer([1, 1, 1, 1], 16, 2 * n, False))
        for n in (64, 256, 1024, 4096)
    },
    "train-resnet10-w16-compile": (0, 256, lambda: trainer([1, 1, 1, 1], 16, 256, False, True)),
    "train-resnet18-compile": (0, 128, lambda: trainer([2, 2, 2, 2], 64, 128, False, True)),
    "train-resnet18-bf16-compile": (0, 128, lambda: trainer([2, 2, 2, 2], 64, 128, True, True)),
}


def main():
    cores = torch.get_num_threads()
    print(ops.versions(), flush=True)
    made = {}
    for line in sys.stdin:
        name, seconds = line.split()
        threads, items, make = TASKS[name]
        torch.set_num_threads(threads or cores)
        if name not in made:
            made[name] = make()
        print(rate(made[name], float(seconds), items), flush=True)


if __name__ == "__main__":
    main()

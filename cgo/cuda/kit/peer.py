"""The peer: SimCLR's step in plain PyTorch on the GPU, in bf16, channels last, with the fused
optimiser.

    peer.py eager|graph|compiled SECONDS VIEWS WIDTH BLOCKS...

graph replays a CUDA graph of the whole step; compiled is that of the step with the network and
the loss compiled. Prints one line of JSON. The batch lies on the card, and no views are made.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, c, d, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, d, 3, stride, 1, bias=False), nn.BatchNorm2d(d)
        self.conv2, self.bn2 = nn.Conv2d(d, d, 3, 1, 1, bias=False), nn.BatchNorm2d(d)
        self.shortcut = nn.Identity()
        if stride > 1 or c != d:
            self.shortcut = nn.Sequential(nn.Conv2d(c, d, 1, stride, bias=False), nn.BatchNorm2d(d))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x), inplace=True)


class Net(nn.Module):
    """ResNet with the stem for small images, and SimCLR's head; pixels are bytes."""

    def __init__(self, blocks, width):
        super().__init__()
        layers, c = [nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)], width
        for i, n in enumerate(blocks):
            for k in range(n):
                layers.append(Block(c, width << i, 2 if i > 0 and k == 0 else 1))
                c = width << i
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(c, c), nn.BatchNorm1d(c), nn.ReLU(inplace=True), nn.Linear(c, 128, bias=False), nn.BatchNorm1d(128))
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1))

    def forward(self, pixels):
        x = pixels.permute(0, 3, 1, 2).float() / 255
        return self.head(self.features((x - self.mean) / self.std))


def loss(z, diagonal, target):
    """NT-Xent; rows 2i and 2i + 1 are the views of a sample."""
    z = F.normalize(z.float(), dim=1)
    return F.cross_entropy((z @ z.T / 0.2).masked_fill(diagonal, -torch.inf), target)


def phases(net, objective, opt, autocast):
    """The step's phases in order, each a call; forward and loss hand over by a list."""
    hand = []

    def forward():
        with autocast():
            hand[:] = [net()]

    def value():
        hand[:] = [objective(hand[0])]

    return {"forward": forward, "loss": value, "backward": lambda: hand[0].backward(), "SGD": opt.step}


def trainer(way, views, width, blocks):
    torch.manual_seed(0)
    net = Net(blocks, width).cuda().to(memory_format=torch.channels_last)
    pixels = torch.randint(0, 256, (views, 32, 32, 3), dtype=torch.uint8, device="cuda")
    diagonal, target = torch.eye(views, dtype=torch.bool, device="cuda"), torch.arange(views, device="cuda") ^ 1
    opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, fused=True)
    call, objective = (torch.compile(net), torch.compile(loss)) if way == "compiled" else (net, loss)
    autocast = lambda: torch.autocast("cuda", torch.bfloat16, cache_enabled=way == "eager")
    parts = phases(lambda: call(pixels), lambda z: objective(z, diagonal, target), opt, autocast)

    def step():
        opt.zero_grad(set_to_none=True)
        for part in parts.values():
            part()

    return step, parts, opt


def captured(step):
    """The step as a graph, after some on a stream of its own."""
    s = torch.cuda.Stream()
    s.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(s):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(s)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def timed(parts, opt, times=10):
    """Median milliseconds of each phase, by events."""
    spans = {name: [] for name in parts}
    for _ in range(times):
        opt.zero_grad(set_to_none=True)
        marks = [torch.cuda.Event(enable_timing=True) for _ in range(len(parts) + 1)]
        marks[0].record()
        for mark, part in zip(marks[1:], parts.values()):
            part()
            mark.record()
        torch.cuda.synchronize()
        for name, a, b in zip(parts, marks, marks[1:]):
            spans[name].append(a.elapsed_time(b))
    return {f"{name}, ms": sorted(v)[times // 2] for name, v in spans.items()}


def rate(step, views, seconds):
    for _ in range(5):
        step()
    torch.cuda.synchronize()
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(10):
            step()
        torch.cuda.synchronize()
        n += 10
    return n * views / (time.perf_counter() - start)


def main(way, seconds, views, width, *blocks):
    begin = time.perf_counter()
    torch.backends.cudnn.benchmark = True
    step, parts, opt = trainer(way, views, width, blocks)
    found = {}
    if way == "eager":
        for _ in range(3):
            step()
        found.update(timed(parts, opt))
    else:
        step = captured(step)
    found["seconds until the first step"] = time.perf_counter() - begin
    found["views/s"] = rate(step, views, seconds)
    found["GiB, allocated at most"] = torch.cuda.max_memory_allocated() / 2**30
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *map(int, sys.argv[3:]))

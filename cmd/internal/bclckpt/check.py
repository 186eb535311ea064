"""Features of a checkpoint, computed by PyTorch, to compare with those of bcl-ckpt:

    bcl-ckpt verify --print-script > check.py
    python check.py CHECKPOINT features.npy [--key KEY] [--below PREFIX] [--model NAME] [--size PIXELS] [--images N]
    bcl-ckpt verify CHECKPOINT --against features.npy

Needs torch, torchvision and numpy, and timm for --model NAME. It builds torchvision's ResNet (or timm's model NAME) and
loads the weights strictly: a tensor of the backbone that the module lacks, or the reverse, is an error. It knows the
names of the authors' code, torchvision, timm, lightly, solo-learn, SDCLR, SupContrast, mmpretrain, MoCo, BYOL, SimSiam,
DINO, VISSL, transformers, Detectron2, and whatever has such a ResNet below one prefix. Images are bytes from a hash, in [0, 1]; they are normalised
if the checkpoint has the mean and the standard deviation.
"""
import argparse
import re

import numpy as np
import torch
from torch import nn
from torchvision.models import resnet

p = argparse.ArgumentParser()
p.add_argument("checkpoint")
p.add_argument("out")
p.add_argument("--key", help="where the state dict is")
p.add_argument("--below", help="what is before the names of the backbone, such as module.encoder_q.")
p.add_argument("--model", help="timm's name of the network; torchvision's ResNet of the same shapes by default")
p.add_argument("--size", type=int, help="side of the images; 32 with a 3x3 stem, else 224")
p.add_argument("--images", type=int, default=8)
p.add_argument("--branch", default="full", choices=["full", "pruned"])
p.add_argument("--prune_percent", type=float, default=0.9)
a = p.parse_args()

if a.checkpoint.endswith(".safetensors"):
    from safetensors.torch import load_file

    state = load_file(a.checkpoint)
else:
    try:
        state = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    except Exception as e:
        raise SystemExit(f"{a.checkpoint}: not readable with weights_only=True: {e}")
for key in a.key.split(".") if a.key else ["state_dict", "model", "model_state_dict"]:
    if key in state and not torch.is_tensor(state[key]):
        state = state[key]
state = {n: t for n, t in state.items() if torch.is_tensor(t)}


def respelled(name):
    """The names of transformers and Detectron2 as torchvision's."""
    for pattern, new in [
        (r"embedder\.embedder\.convolution\.", "conv1."),
        (r"embedder\.embedder\.normalization\.", "bn1."),
        (r"encoder\.stages\.(\d)\.layers\.", lambda m: f"layer{int(m[1]) + 1}."),
        (r"\.layer\.(\d)\.convolution\.", lambda m: f".conv{int(m[1]) + 1}."),
        (r"\.layer\.(\d)\.normalization\.", lambda m: f".bn{int(m[1]) + 1}."),
        (r"stem\.conv1\.norm\.", "bn1."),
        (r"stem\.conv1\.", "conv1."),
        (r"(?:^|(?<=\.))res([2-5])\.", lambda m: f"layer{int(m[1]) - 1}."),
        (r"\.conv(\d)\.norm\.", r".bn\1."),
        (r"\.shortcut\.norm(alization)?\.", ".downsample.1."),
        (r"\.shortcut\.(convolution\.)?weight$", ".downsample.0.weight"),
    ]:
        name = re.sub(pattern, new, name)
    return name


state = {respelled(n): t for n, t in state.items()}

found = [n[: m.start(1)] for n in state if (m := re.search(r"(?:^|\.)(conv1|0)\.weight$", n)) and state[n].dim() == 4]
found = [b for b in found if any(re.match(re.escape(b) + r"(layer1|[24])\.0\.conv1\.weight$", n) for n in state)]
if a.below is None and len(found) != 1:
    raise SystemExit(f"{a.checkpoint}: ResNets are below {found}, expected one; choose with --below PREFIX")
below = found[0] if a.below is None else a.below
numbers = [int(m[1]) for n in state if (m := re.match(re.escape(below) + r"(\d+)\.\d+\.", n))]
first = min(numbers, default=0)  # the first stage among a Sequential's numbers
keep, lose = ("0", "1") if a.branch == "full" else ("1", "0")
w = {}
for name, t in state.items():
    if not name.startswith(below):
        continue
    name = name[len(below) :].replace(".shortcut.", ".downsample.").replace("downsample.conv.", "downsample.0.").replace("downsample.bn.", "downsample.1.")
    if f"bn_list.{lose}." in name:
        continue
    name = name.replace(f"bn_list.{keep}.", "")
    if m := re.match(r"(\d+)\.(.*)", name):  # a Sequential of torchvision's children, less the max pooling or not, or of lightly's
        i = int(m[1])
        name = ("conv1." if i == 0 else "bn1." if i == 1 else f"layer{i - first + 1}.") + m[2]
    if re.match(r"(conv|bn|norm|layer|maxpool|avgpool|global_pool|attnpool|stem)\d*\.", name):
        w[name] = t.float() if t.is_floating_point() else t
mean, std = (next((t.float() for n, t in state.items() if n.endswith("normalize." + s)), None) for s in ["mean", "std"])

if a.branch == "pruned":
    convs = [n for n, t in w.items() if t.dim() == 4]
    every = torch.cat([w[n].abs().flatten() for n in convs]).sort().values
    least = every[min(int(np.ceil(a.prune_percent * len(every))), len(every) - 1)]
    for n in convs:
        w[n] = w[n] * (w[n].abs() >= least)

width, kernel = w["conv1.weight"].shape[0], w["conv1.weight"].shape[2]
small = kernel == 3


class ResNet(resnet.ResNet):
    """torchvision's, of any width."""

    def _make_layer(self, block, planes, *args, **kwargs):
        if planes == 64:
            self.inplanes = width
        return super()._make_layer(block, planes * width // 64, *args, **kwargs)


if a.model:
    import timm

    net = timm.create_model(a.model, num_classes=0)
else:
    block = resnet.Bottleneck if "layer1.0.conv3.weight" in w else resnet.BasicBlock
    net = ResNet(block, [len({n.split(".")[1] for n in w if n.startswith(f"layer{s}.")}) for s in range(1, 5)])
    net.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if small else nn.Conv2d(3, width, kernel, 2, kernel // 2, bias=False)
    net.bn1 = nn.BatchNorm2d(width)
    if small:
        net.maxpool = nn.Identity()
    net.fc = nn.Identity()
for n, t in net.state_dict().items():  # which old versions of PyTorch did not write
    if n.endswith("num_batches_tracked"):
        w.setdefault(n, t)
try:
    net.load_state_dict(w, strict=True)
except RuntimeError as e:
    raise SystemExit(f"{a.checkpoint}: {e}\nIs it another network? --model NAME builds timm's.")
net.eval()

size = a.size or (32 if small else 224)
h = np.arange(a.images * size * size * 3, dtype=np.uint64) * 2654435761 & 0xFFFFFFFF
h ^= h >> 15
h = h * 2246822519 & 0xFFFFFFFF
h ^= h >> 13
pixels = (h >> 24).astype(np.uint8).reshape(a.images, size, size, 3)

with torch.no_grad():
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    if mean is not None:
        x = (x - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    features = net(x).numpy()
np.save(a.out, features)
print(f"{a.out}: {features.shape[0]} x {features.shape[1]} features, torch {torch.__version__}")

"""Features of a checkpoint, computed by PyTorch, to compare with those of bcl-ckpt:

    bcl-ckpt verify --print-script > check.py
    python check.py CHECKPOINT features.npy [--key KEY] [--size PIXELS] [--images N] [--branch full|pruned]
    bcl-ckpt verify CHECKPOINT --against features.npy

Needs torch and numpy. It knows the names of the authors' code, torchvision, timm, lightly, solo-learn, SDCLR,
SupContrast and mmpretrain, and computes the ResNet from only the weights. Images are bytes from a hash, in [0, 1]; they
are normalised if the checkpoint has the mean and the standard deviation.
"""
import argparse
import re

import numpy as np
import torch
import torch.nn.functional as F

p = argparse.ArgumentParser()
p.add_argument("checkpoint")
p.add_argument("out")
p.add_argument("--key", help="key of the state dict")
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


def plain(name):
    """torchvision's name of a tensor of the backbone, or None."""
    name = re.sub(r"^((module|_orig_mod|model)\.)+", "", name)
    m = re.search(r"normalize\.(mean|std)$", name)
    if m:
        return m[0]
    name = re.sub(r"^(backbone|encoder|features)\.(module\.)?", "", name)
    name = name.replace(".shortcut.", ".downsample.").replace("downsample.conv.", "downsample.0.").replace("downsample.bn.", "downsample.1.")
    keep, lose = ("0", "1") if a.branch == "full" else ("1", "0")
    if f"bn_list.{lose}." in name:
        return None
    name = name.replace(f"bn_list.{keep}.", "")
    m = re.match(r"(\d+)\.(.*)", name)
    if m:  # a Sequential of torchvision's children, or of lightly's ResNetGenerator's
        i, first = int(m[1]), 4 if numbered_from_4 else 2
        name = ("conv1." if i == 0 else "bn1." if i == 1 else f"layer{i - first + 1}.") + m[2]
    return name if re.match(r"(conv1|bn1|layer[1-4])\.", name) else None


numbered_from_4 = any(re.search(r"(backbone|features)\.7\.", n) for n in state)
w = {plain(n): t for n, t in state.items() if torch.is_tensor(t) and plain(n)}
w = {n: t.float() if t.is_floating_point() else t for n, t in w.items()}

if a.branch == "pruned":
    convs = [n for n, t in w.items() if t.dim() == 4]
    every = torch.cat([w[n].abs().flatten() for n in convs]).sort().values
    least = every[min(int(np.ceil(a.prune_percent * len(every))), len(every) - 1)]
    for n in convs:
        w[n] = w[n] * (w[n].abs() >= least)


def bn(x, name):
    return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"], w[name + ".bias"])


def conv(x, name, stride=1):
    return F.conv2d(x, w[name + ".weight"], stride=stride, padding=w[name + ".weight"].shape[2] // 2)


def block(x, name, stride):
    bottleneck = name + ".conv3.weight" in w
    y = F.relu(bn(conv(x, name + ".conv1", 1 if bottleneck else stride), name + ".bn1"))
    y = bn(conv(y, name + ".conv2", stride if bottleneck else 1), name + ".bn2")
    if bottleneck:
        y = bn(conv(F.relu(y), name + ".conv3"), name + ".bn3")
    if name + ".downsample.0.weight" in w:
        x = bn(conv(x, name + ".downsample.0", stride), name + ".downsample.1")
    return F.relu(x + y)


small = w["conv1.weight"].shape[2] == 3
size = a.size or (32 if small else 224)
h = np.arange(a.images * size * size * 3, dtype=np.uint64) * 2654435761 & 0xFFFFFFFF
h ^= h >> 15
h = h * 2246822519 & 0xFFFFFFFF
h ^= h >> 13
pixels = (h >> 24).astype(np.uint8).reshape(a.images, size, size, 3)

with torch.no_grad():
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    if "normalize.mean" in w:
        x = (x - w["normalize.mean"].view(1, 3, 1, 1)) / w["normalize.std"].view(1, 3, 1, 1)
    x = F.relu(bn(conv(x, "conv1", 1 if small else 2), "bn1"))
    if not small:
        x = F.max_pool2d(x, 3, 2, 1)
    for stage in range(1, 5):
        i = 0
        while f"layer{stage}.{i}.conv1.weight" in w:
            x = block(x, f"layer{stage}.{i}", 2 if stage > 1 and i == 0 else 1)
            i += 1
    features = x.mean((2, 3)).numpy()
np.save(a.out, features)
print(f"{a.out}: {features.shape[0]} x {features.shape[1]} features, torch {torch.__version__}")

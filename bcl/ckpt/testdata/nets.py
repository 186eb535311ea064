"""The networks of the projects whose names bcl-ckpt knows, as modules. torchvision, timm and lightly are the real ones;
the others are rebuilt from their sources (read in July 2022 to 2024 versions):

    authors' BCL, SDCLR        VITA-Group/SDCLR models/resnet.py, resnet_prune_multibn.py, utils.py (34c932e)
    solo-learn                 vturrisi/solo-learn solo/methods/base.py (c980e9e), simclr.py
    SupContrast                HobbitLong/SupContrast networks/resnet_big.py (2728c67), main_supcon.py
    mmpretrain                 open-mmlab/mmpretrain models/backbones/resnet.py, necks/nonlinear_neck.py (633fc0a)
    moco and the rest          by the names that their checkpoints have, checked by real.py
"""
import re

import timm
import torch
import torchvision
from lightly.models import ResNetGenerator
from lightly.models.modules.heads import SimCLRProjectionHead
from torch import nn
from torch.nn import functional as F

VERSIONS = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__, "lightly": "1.6.0"}


def resnet(arch="resnet18", fc=None, padding=1):
    """torchvision's with the CIFAR stem."""
    net = getattr(torchvision.models, arch)()
    net.conv1 = nn.Conv2d(3, 64, 3, 1, padding, bias=False)
    net.maxpool = nn.Identity()
    net.fc = fc or nn.Identity()
    return net


class Normalize(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]))

    def forward(self, x):
        return (x - self.mean[:, None, None]) / self.std[:, None, None]


class Normalized(nn.Module):
    """A ResNet with normalize as its first part."""

    def __init__(self, net):
        super().__init__()
        self.normalize = Normalize()
        for name, part in net.named_children():
            setattr(self, name, part)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(self.normalize(x)))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class Projector(nn.Module):
    def __init__(self, n=512, out=128, norm=nn.BatchNorm1d):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(n, n), norm(n)
        self.fc2, self.bn2 = nn.Linear(n, out, bias=False), norm(out)

    def forward(self, x):
        return self.bn2(self.fc2(F.relu(self.bn1(self.fc1(x)))))


class Dual(nn.Module):
    branch = 0

    def __init__(self, make):
        super().__init__()
        self.bn_list = nn.ModuleList([make(), make()])

    def forward(self, x):
        return self.bn_list[Dual.branch](x)


class Shortcut(nn.Module):
    def __init__(self, conv, bn):
        super().__init__()
        self.conv, self.bn = conv, bn

    def forward(self, x):
        return self.bn(self.conv(x))


def dual(module):
    """Gives every norm two branches, and names the shortcuts' parts."""
    for name, part in list(module.named_children()):
        if isinstance(part, (nn.BatchNorm2d, nn.BatchNorm1d)):
            setattr(module, name, Dual(lambda: type(part)(part.num_features)))
        elif name == "downsample":
            dual(part)
            setattr(module, name, Shortcut(part[0], part[1]))
        else:
            dual(part)
    return module


class Parts(nn.Module):
    """A module with the given parts; its forward is the features of the first."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.first = next(iter(parts))

    def forward(self, x):
        return getattr(self, self.first)(x).flatten(1)


def shortcuts(module):
    """Renames downsample to shortcut, as in SupContrast. An absent one is an empty Sequential there."""

    def forward(b, x):
        y = F.relu(b.bn1(b.conv1(x)))
        y = b.bn2(b.conv2(y))
        if hasattr(b, "conv3"):
            y = b.bn3(b.conv3(F.relu(y)))
        return F.relu(y + b.shortcut(x))

    for part in module.modules():
        if hasattr(part, "downsample"):
            part.shortcut = part.downsample or nn.Sequential()
            del part.downsample
            part.forward = forward.__get__(part)
    return module


def plain_head():
    return nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 128))


def normed_head(layers):
    """Linear layers with a norm after each, and a ReLU between, as a Sequential."""
    parts = []
    for i in range(layers):
        n = 128 if i == layers - 1 else 512
        parts += [nn.Linear(512, n, bias=False), nn.BatchNorm1d(n), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


class Respelled(nn.Module):
    """torchvision's ResNet with other names: pairs of regular expressions and replacements, the first that fits at each
    of two places."""

    def __init__(self, begin, words):
        super().__init__()
        self.net = [resnet()]  # in a list, so that its own names do not count
        for name, t in list(self.net[0].named_parameters()) + list(self.net[0].named_buffers()):
            for pairs in [words, begin]:
                for pattern, new in pairs:
                    name, n = re.subn(pattern, new if callable(new) else lambda m: m.expand(new), name, count=1)
                    if n:
                        break
            *path, last = name.split(".")
            at = self
            for part in path:
                if part not in at._modules:
                    at.add_module(part, nn.Module())
                at = at._modules[part]
            (at.register_parameter if isinstance(t, nn.Parameter) else at.register_buffer)(last, t)

    def forward(self, x):
        return self.net[0].eval()(x)


def hugging_face():
    less = lambda form: lambda m: form % (int(m[1]) - 1)
    return Respelled(
        [(r"^conv1\.", "embedder.embedder.convolution."), (r"^bn1\.", "embedder.embedder.normalization."), (r"^layer(\d)\.", less("encoder.stages.%d.layers."))],
        [(r"\.downsample\.0\.", ".shortcut.convolution."), (r"\.downsample\.1\.", ".shortcut.normalization."),
         (r"(?<=\.)conv(\d)\.", less("layer.%d.convolution.")), (r"(?<=\.)bn(\d)\.", less("layer.%d.normalization."))],
    )


def detectron2():
    return Respelled(
        [(r"^conv1\.", "stem.conv1."), (r"^bn1\.", "stem.conv1.norm."), (r"^layer(\d)\.", lambda m: f"res{int(m[1]) + 1}.")],
        [(r"\.downsample\.0\.", ".shortcut."), (r"\.downsample\.1\.", ".shortcut.norm."), (r"(?<=\.)bn(\d)\.", r"conv\1.norm.")],
    )


class Neck(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc0, self.bn0 = nn.Linear(512, 512, bias=False), nn.BatchNorm1d(512)
        self.fc1, self.bn1 = nn.Linear(512, 128, bias=False), nn.BatchNorm1d(128)


class Blocks(nn.ModuleDict):
    """The trunk of vissl."""

    def forward(self, x):
        x = F.relu(self["bn1"](self["conv1"](x)))
        return self["layer4"](self["layer3"](self["layer2"](self["layer1"](x)))).mean((2, 3))


class LightlyCIFAR(nn.Sequential):
    """The Sequential of lightly's benchmarks, with the ReLU after the first norm that ResNetGenerator's own forward has
    and a Sequential of its children loses."""

    def forward(self, x):
        conv, bn, *rest = self
        x = F.relu(bn(conv(x)))
        for part in rest:
            x = part(x)
        return x


def lightly_cifar():
    net = ResNetGenerator("resnet-18")
    return LightlyCIFAR(*list(net.children())[:-1], nn.AdaptiveAvgPool2d(1))


def timm_cifar():
    net = timm.create_model("resnet18", num_classes=10)
    net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    return net


NETS = {
    "bcl": lambda: Parts(backbone=Normalized(resnet()), projector=Projector()),
    "bcl-dual": lambda: dual(Parts(backbone=Normalized(resnet(fc=Projector())))),
    "torchvision": lambda: resnet(fc=nn.Linear(512, 10)),
    "timm": timm_cifar,
    "sdclr": lambda: dual(Normalized(resnet(fc=Projector()))),
    "sdclr-single": lambda: Normalized(resnet(fc=Projector())),
    "lightly": lambda: Parts(backbone=nn.Sequential(*list(resnet().children())[:-1]), projection_head=SimCLRProjectionHead(512, 512, 128)),
    "lightly-cifar": lambda: Parts(backbone=lightly_cifar(), projection_head=SimCLRProjectionHead(512, 512, 128)),
    "lightly-named": lambda: Parts(backbone=resnet(), projection_head=SimCLRProjectionHead(512, 512, 128)),
    "solo-learn": lambda: Parts(backbone=resnet(), classifier=nn.Linear(512, 10), projector=plain_head()),
    "supcontrast": lambda: Parts(encoder=shortcuts(resnet()), head=plain_head()),
    "mmpretrain": lambda: Parts(backbone=resnet(), neck=Neck()),
    "moco": lambda: Parts(encoder_q=resnet(fc=plain_head())),
    "moco-v3": lambda: Parts(base_encoder=resnet(fc=normed_head(2))),
    "byol": lambda: Parts(online_encoder=Parts(net=resnet(), projector=normed_head(2)[:4])),
    "simsiam": lambda: Parts(encoder=resnet(fc=normed_head(3))),
    "lightly-dino": lambda: Parts(student_backbone=nn.Sequential(*list(resnet().children())[:-1])),
    "vissl": lambda: Parts(_feature_blocks=Blocks({n: m for n, m in resnet().named_children() if n not in ["relu", "fc", "avgpool", "maxpool"]})),
    "huggingface": hugging_face,
    "detectron2": detectron2,
    "sequential": lambda: nn.Sequential(*list(resnet().children())[:-1]),
    "sequential-cifar": lambda: nn.Sequential(*[m for n, m in resnet().named_children() if n not in ["maxpool", "fc"]]),
}


def features(net, x):
    """The features before any head."""
    net.eval()
    holder = next((m for m in net.modules() if hasattr(m, "fc") and hasattr(m, "layer4")), None)
    if holder is not None:
        kept = holder.fc
        holder.fc = nn.Identity()
    with torch.no_grad():
        y = net(x).flatten(1)
    if holder is not None:
        holder.fc = kept
    return y


def randomize(net, seed):
    """Gives norms statistics that matter."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, t in net.state_dict().items():
            if name.endswith("running_var"):
                t.uniform_(0.5, 1.5, generator=g)
            elif name.endswith("num_batches_tracked"):
                t.fill_(seed)
            elif not name.endswith(("normalize.mean", "normalize.std")):
                t.add_(torch.randn(t.shape, generator=g) * 0.02)
    return net

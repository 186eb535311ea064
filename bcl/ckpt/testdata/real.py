"""Makes checkpoints with the code of other projects, as their trainers save them, and reads each with bcl-ckpt.

    go build -o /tmp/bcl-ckpt ./cmd/bcl-ckpt && python real.py /tmp/bcl-ckpt SOURCES [--write]

SOURCES has clones of projects that are no packages: moco (5df3287), moco-v3 (c349e6e), simsiam (a7bc177), dino (7c446df),
detectron2 (02b5c4e), SupContrast (66a8fe5), SimCLR of leftthomas (cee178b), solo-learn (9187ea3), lightly (e8d317f, for its
benchmarks). Packages: torch 2.11.0, torchvision 0.26.0, lightly 1.6.0, transformers 5.24.0, lightning 2.6.6, byol-pytorch
0.9.1, vissl 0.1.6 with classy_vision 0.7.0, mmpretrain 1.2.0 with mmengine 0.10.7 and mmcv-lite 2.2.0.

For each: the scheme and the prefix are found, or bcl-ckpt asks which of several networks; the backbone that it extracts loads
strictly into torchvision's ResNet and gives the features of the project's own. A project that cannot be imported is an error;
--write replaces real.json, which has all names of the files for the Go tests, those of whole ResNets as prefix and scheme.
"""
import argparse
import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import types

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

tool, sources = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))
dir = tempfile.mkdtemp()
resnet18 = torchvision.models.resnet18
x = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(3))


def module(*path):
    """A file of a clone as a module."""
    spec = importlib.util.spec_from_file_location("_" + "_".join(path)[:-3].replace("-", "_"), os.path.join(sources, *path))
    m = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.join(sources, *path[:-1]))  # for what it imports beside itself
    spec.loader.exec_module(m)
    sys.path.pop(0)
    return m


class Parallel(nn.Module):
    """The names of DistributedDataParallel, without processes."""

    def __init__(self, module):
        super().__init__()
        self.module = module


def trainer(net, key="state_dict", **more):
    """What torch's ImageNet example saves, and those made after it."""
    optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], 0.1, momentum=0.9)
    return {"epoch": 7, "arch": "resnet18", key: net.state_dict(), "optimizer": optimizer.state_dict(), **more}


def distinct(net):
    """Gives all tensors, those of two networks too, their own values, and norms statistics that matter."""
    g = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, t in net.state_dict().items():
            if name.endswith("running_var"):
                t.uniform_(0.5, 1.5, generator=g)
            elif t.is_floating_point():
                t.add_(torch.randn(t.shape, generator=g) * 0.02)
    return net


def by_parts(net):
    """The features of a network with torchvision's parts."""
    y = F.relu(net.bn1(net.conv1(x)))
    y = net.maxpool(y) if hasattr(net, "maxpool") else y
    return net.layer4(net.layer3(net.layer2(net.layer1(y)))).mean((2, 3))


# The projects: each returns what it saves, a function of the features, the scheme, and the prefixes of the ResNets in the
# state dict with flags that choose between them, the first being the one that is meant.


def moco_v2(mlp=True):
    net = distinct(module("moco", "moco", "builder.py").MoCo(resnet18, dim=128, K=16, mlp=mlp))
    return trainer(Parallel(net)), lambda: by_parts(net.encoder_q), "torchvision", ["module.encoder_q.", "module.encoder_k."]


def moco_v1():
    return moco_v2(mlp=False)


def moco_v3():
    net = distinct(module("moco-v3", "moco", "builder.py").MoCo_ResNet(functools.partial(resnet18, zero_init_residual=True), 32, 64, 1.0))
    return trainer(Parallel(net), scaler={"scale": 65536.0}), lambda: by_parts(net.base_encoder), "torchvision", ["module.base_encoder.", "module.momentum_encoder."]


def simsiam():
    net = distinct(module("simsiam", "simsiam", "builder.py").SimSiam(resnet18, 64, 32))
    return trainer(Parallel(net)), lambda: by_parts(net.encoder), "simsiam", ["module."]


def byol():
    from byol_pytorch import BYOL

    net = BYOL(resnet18(), image_size=32, hidden_layer="avgpool", projection_size=32, projection_hidden_size=64)
    net(torch.rand(2, 3, 32, 32))  # makes the target encoder
    distinct(net)
    return net.state_dict(), lambda: by_parts(net.net), "torchvision", ["online_encoder.net.", "net.", "target_encoder.net."]


def dino():
    vits = module("dino", "vision_transformer.py")
    utils = module("dino", "utils.py")
    make = lambda: distinct(utils.MultiCropWrapper(resnet18(), vits.DINOHead(512, 64, True)))
    student, teacher = make(), make()
    tree = {"student": Parallel(student).state_dict(), "teacher": teacher.state_dict(), "epoch": 3, "args": argparse.Namespace(arch="resnet18")}
    return tree, lambda: by_parts(student.backbone), "bcl", ["module."], "student", "teacher"


def vissl():
    from vissl.config import AttrDict
    from vissl.models.trunks.resnext import ResNeXt

    resnets = dict(DEPTH=50, WIDTH_MULTIPLIER=1, NORM="BatchNorm", GROUPS=1, WIDTH_PER_GROUP=64, LAYER4_STRIDE=2, ZERO_INIT_RESIDUAL=False, STANDARDIZE_CONVOLUTIONS=False, GROUPNORM_GROUPS=32)
    checkpointing = dict(USE_ACTIVATION_CHECKPOINTING=False, NUM_ACTIVATION_CHECKPOINTING_SPLITS=2)
    net = distinct(ResNeXt(AttrDict(dict(INPUT_TYPE="rgb", ACTIVATION_CHECKPOINTING=checkpointing, TRUNK=dict(NAME="resnet", RESNETS=resnets))), "resnet"))
    tree = {"phase_idx": 2, "classy_state_dict": {"train": True, "base_model": {"meta": {}, "model": {"trunk": net.state_dict(), "heads": nn.Linear(4, 4).state_dict()}}}}
    return tree, lambda: by_parts(types.SimpleNamespace(**dict(net._feature_blocks))), "vissl", [""]


def hugging_face():
    from transformers import ResNetConfig, ResNetModel

    net = distinct(ResNetModel(ResNetConfig(layer_type="basic", hidden_sizes=[64, 128, 256, 512], depths=[2, 2, 2, 2])))
    return net.state_dict(), lambda: net(x).pooler_output.flatten(1), "huggingface", [""]


def hugging_face_classifier():
    from transformers import ResNetConfig, ResNetForImageClassification

    net = distinct(ResNetForImageClassification(ResNetConfig(num_labels=10)))
    return net.state_dict(), lambda: net.resnet(x).pooler_output.flatten(1), "huggingface", ["resnet."]


def detectron2(norm="BN"):
    sys.path.insert(0, os.path.join(sources, "detectron2"))
    from detectron2.modeling.backbone.resnet import BasicStem, ResNet

    net = distinct(ResNet(BasicStem(3, 64, norm=norm), ResNet.make_default_stages(50, norm=norm), out_features=["res5"]))
    return {"model": {"backbone.bottom_up." + k: v for k, v in net.state_dict().items()}, "iteration": 9}, lambda: net(x)["res5"].mean((2, 3)), "detectron2", ["backbone.bottom_up."]


def detectron2_frozen():
    return detectron2("FrozenBN")


def supcontrast():
    net = distinct(module("SupContrast", "networks", "resnet_big.py").SupConResNet("resnet18"))
    encoder = net.encoder
    net.encoder = Parallel(encoder)  # as its set_model does
    return {"opt": argparse.Namespace(model="resnet18", batch_size=256), "model": net.state_dict(), "epoch": 3}, lambda: encoder(x), "supcontrast", [""]


def leftthomas():
    net = distinct(module("SimCLR", "model.py").Model(32))
    return net.state_dict(), lambda: net.f(x).flatten(1), "sequential-cifar", ["f."]


def solo_learn(momentum=False):
    sys.path.insert(0, os.path.join(sources, "solo-learn"))
    from omegaconf import OmegaConf
    from solo.methods import BYOL, SimCLR

    c = OmegaConf.create(dict(
        name="x", method="x", backbone=dict(name="resnet18"), momentum=dict(base_tau=0.99, final_tau=1.0), max_epochs=5,
        data=dict(dataset="cifar10", num_large_crops=2, num_small_crops=0, num_classes=10), method_kwargs=dict(proj_hidden_dim=64, proj_output_dim=32, pred_hidden_dim=64, temperature=0.2, supervised=False),
        optimizer=dict(name="lars", batch_size=2, lr=0.3, classifier_lr=0.1, weight_decay=1e-5, kwargs=dict(momentum=0.9)), scheduler=dict(name="warmup_cosine")))
    OmegaConf.set_struct(c, False)
    net = distinct((BYOL if momentum else SimCLR)(c))
    net.backbone.conv1.padding = (1, 1)  # theirs is 2, which bcl-ckpt says
    return lightning(net), lambda: net.backbone(x), *(("torchvision", ["backbone.", "momentum_backbone."]) if momentum else ("solo-learn", [""]))


def solo_learn_byol():
    return solo_learn(momentum=True)


def mmpretrain():
    sys.modules["mmpretrain.models.multimodal"] = types.ModuleType("multimodal")  # which needs an older transformers
    from mmpretrain.models.backbones import ResNet_CIFAR
    from mmpretrain.models.necks import NonLinearNeck

    net = nn.Module()
    net.backbone, net.neck = ResNet_CIFAR(18, out_indices=(3,)), NonLinearNeck(512, 64, 32, num_layers=2, with_avg_pool=True)
    distinct(net)
    return {"meta": {"epoch": 3}, "state_dict": net.state_dict(), "message_hub": {}}, lambda: net.backbone(x)[-1].mean((2, 3)), "mmpretrain", [""]


def lightning(net):
    """What a Trainer saves."""
    import lightning

    t = lightning.Trainer(logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu", barebones=False)
    t.strategy.connect(net)
    return t._checkpoint_connector.dump_checkpoint(weights_only=True)


def lightly(name, cls, scheme, prefixes, **more):
    def build():
        m = module("lightly", "benchmarks", "imagenet", "resnet50", name + ".py")
        net = distinct(getattr(m, cls)(batch_size_per_device=2, num_classes=10, **more))
        return lightning(net), lambda: by_parts(net.get_submodule(prefixes[0][:-1] or "backbone")), scheme, prefixes

    build.__name__ = "lightly_" + name
    return build


def averaged():
    net = distinct(resnet18())
    return torch.optim.swa_utils.AveragedModel(net).state_dict(), lambda: by_parts(net), "torchvision", ["module."]


def compiled():
    net = nn.Module()
    net.backbone, net.fc = torch.compile(distinct(resnet18(num_classes=3))), nn.Linear(512, 10)
    return {"state_dict": net.state_dict()}, lambda: by_parts(net.backbone._orig_mod), "torchvision", ["backbone._orig_mod."]


def lightning_module():
    import lightning

    net = lightning.LightningModule()
    net.model, net.online_classifier = distinct(resnet18()), nn.Linear(512, 10)
    return lightning_(net), lambda: by_parts(net.model), "torchvision", ["model."]


lightning_ = lightning


def ema():
    net, average = distinct(resnet18()), resnet18()
    return {"state_dict": net.state_dict(), "state_dict_ema": average.state_dict(), "epoch": 3}, lambda: by_parts(net), "torchvision", [""], "state_dict", "state_dict_ema"


PROJECTS = [moco_v1, moco_v2, moco_v3, simsiam, byol, dino, vissl, hugging_face, hugging_face_classifier, detectron2, detectron2_frozen, supcontrast,
            leftthomas, solo_learn, solo_learn_byol, mmpretrain, averaged, compiled, lightning_module, ema,
            lightly("simclr", "SimCLR", "lightly-named", [""], knn_k=5, knn_t=0.1), lightly("byol", "BYOL", "torchvision", ["backbone.", "teacher_backbone."]),
            lightly("mocov2", "MoCoV2", "torchvision", ["backbone.", "key_backbone."]), lightly("dino", "DINO", "torchvision", ["student_backbone.", "backbone."])]


def run(*args, ok=0):
    r = subprocess.run([tool, *args], capture_output=True, text=True)
    assert r.returncode == ok, f"{args}: status {r.returncode}\n{r.stdout[-2000:]}\n{r.stderr[-2000:]}"
    return r.stderr if ok else r.stdout


def plain(depth, stem):
    net = getattr(torchvision.models, depth)()
    net.fc = nn.Identity()
    if stem == 3:
        net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    return net


@functools.cache
def names_of(depth, scheme):
    """The names that bcl-ckpt gives a ResNet."""
    torch.save(plain(depth, 7).state_dict(), os.path.join(dir, "plain.pt"))
    out = os.path.join(dir, "names.pt")
    run("convert", os.path.join(dir, "plain.pt"), out, "--to", scheme, "--force")
    return set(torch.load(out, weights_only=True))


def at(tree, key):
    for k in key.split(".") if key else []:
        tree = tree[k]
    return tree


def check(make):
    tree, features, scheme, prefixes, *keys = make()
    path, out = os.path.join(dir, make.__name__ + ".pt"), os.path.join(dir, "out.pt")
    torch.save(tree, path)
    flags, key = [], keys[0] if keys else next((k for k in ("state_dict", "model", "classy_state_dict.base_model.model.trunk") if k.split(".")[0] in tree), "")
    if keys:  # of several state dicts bcl-ckpt asks which
        said = run("extract-backbone", path, out, "--force", ok=1)
        assert all(k in said for k in keys) and "--key" in said, said
        flags += ["--key", key]
    if len(prefixes) > 1:  # of several networks too, and names them all
        said = run("extract-backbone", path, out, "--force", *flags, ok=1)
        assert all(f'"{p}"' in said for p in prefixes) and said.strip().endswith("--strip " + prefixes[0]), said
        flags += ["--strip", prefixes[0]]
    found = json.loads(run("inspect", path, "--json", "--skip-unknown", *flags))
    assert found.get("scheme") == scheme and found.get("prefix", "") == prefixes[0], (found.get("scheme"), found.get("prefix"))
    run("extract-backbone", path, out, "--force", "--skip-unknown", *flags)
    state = torch.load(out, weights_only=True)
    depth = found["network"].split(",")[0]
    net = plain(depth, state["conv1.weight"].shape[-1])
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not unexpected and all(m.endswith("num_batches_tracked") for m in missing), (missing, unexpected)
    for cell in features.__closure__:
        if isinstance(cell.cell_contents, nn.Module):
            cell.cell_contents.eval()
    with torch.no_grad():
        want, got = features(), net.eval()(x)
    gap = ((want - got).abs().max() / want.abs().max()).item()
    assert gap < 1e-5, gap
    # SupContrast wraps its encoder alone; its scheme writes the names without that.
    left = {k.replace("encoder.module.", "encoder.") if scheme == "supcontrast" else k for k in at(tree, key)}
    counts = any(k.endswith("num_batches_tracked") for k in left)  # detectron2's FrozenBatchNorm2d has none
    for p in prefixes:
        whole = {p + n for n in names_of(depth, scheme) if not n.endswith("num_batches_tracked") or counts}
        assert whole <= left, sorted(whole - left)[:5]
        left -= whole
    print(f"{make.__name__}: {scheme} below {prefixes}, {depth}, features within {gap:.1e}, {len(left)} tensors beside", flush=True)
    return {"scheme": scheme, "networks": prefixes, "of": depth, "counts": counts, "beside": sorted(left)}


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    result, failed = {}, []
    only = [a for a in sys.argv[3:] if a != "--write"]
    for make in PROJECTS:
        if only and make.__name__ not in only:
            continue
        try:
            result[make.__name__] = check(make)
        except Exception as e:
            failed.append(make.__name__)
            print(f"{make.__name__}: {type(e).__name__}: {e}"[:1500], flush=True)
    if failed:
        sys.exit("failed: " + ", ".join(failed))
    if "--write" in sys.argv:
        with open(os.path.join(here, "real.json"), "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")

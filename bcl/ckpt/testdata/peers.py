"""Checks bcl-ckpt against the peers: every scheme to every other, every format to every other, features by PyTorch and by us.

    go build -o /tmp/bcl-ckpt ./cmd/bcl-ckpt && python peers.py /tmp/bcl-ckpt

Files that it wrote are read with torch.load(weights_only=True) or the safetensors library and loaded into the target's
module: strictly into torchvision's, else with no part of the backbone missing. Needs what keys.py needs, and safetensors.
"""
import json
import os
import subprocess
import sys
import tempfile

import nets
import torch
from safetensors.torch import load_file, save_file

tool = sys.argv[1]
torch.set_num_threads(1)
dir = tempfile.mkdtemp()
norm = nets.Normalize()
x = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(3))


def at(name):
    return os.path.join(dir, name)


def run(*args, ok=0):
    r = subprocess.run([tool, *args], capture_output=True, text=True)
    assert r.returncode == ok, f"{args}: status {r.returncode}\n{r.stdout[-2000:]}\n{r.stderr[-2000:]}"
    return r.stdout


def load(path):
    return load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)


def features(net, name, normalised):
    """normalised: the images are to be normalised, by the network or before it."""
    own = any(n.endswith("normalize.mean") for n in net.state_dict())
    assert normalised or not own
    return nets.features(net, norm(x) if normalised and not own else x)


print(nets.VERSIONS)
sources, dual = {}, {"bcl-dual", "sdclr"}
for i, (name, make) in enumerate(nets.NETS.items()):
    torch.manual_seed(i)
    sources[name] = nets.randomize(make(), i + 1)
    torch.save({"epoch": 3, "state_dict": sources[name].state_dict(), "optim": {"state": {}}}, at(name + ".pt"))
    found = json.loads(run("inspect", at(name + ".pt"), "--json"))
    assert found["scheme"] == {"timm": "torchvision"}.get(name, name), (name, found["scheme"])
    assert found["network"] == "resnet18, width 64, CIFAR stem", found["network"]

worst = 0.0
for a, net in sources.items():
    row = []
    for b, make in nets.NETS.items():
        out = at("out.pt")
        branch = ["--branch", "full"] if a in dual and b not in dual else []
        report = json.loads(run("convert", at(a + ".pt"), out, "--to", b, "--rest", "drop", "--force", "--json", *branch))
        assert not report["unknown"], report["unknown"]
        n = {m["from"] for m in report["renamed"]} | set(report["unchanged"]) | {d["name"] for d in report["dropped"]}
        assert n == set(net.state_dict()), "not all names are accounted for"
        state = load(out)
        target = make()
        # A head of three layers does not fit one of two: names are equal, shapes are not.
        own_shapes = {k: v.shape for k, v in target.state_dict().items()}
        state = {k: v for k, v in state.items() if k not in own_shapes or own_shapes[k] == v.shape}
        missing, unexpected = target.load_state_dict(state, strict=False)
        heads = ("projector", "projection_head", "fc.", "backbone.fc.", "head.", "neck.", "classifier", "online_classifier", "normalize", "backbone.normalize",
                 "encoder_q.fc.", "base_encoder.fc.", "encoder.fc.", "online_encoder.projector.")
        assert all(m.startswith(heads) for m in missing), missing
        assert all(u.startswith(heads) for u in unexpected), unexpected  # biases, or a third layer (SimSiam's)
        if a == b:
            assert not missing and not unexpected
        own = any(any(k.endswith("normalize.mean") for k in m.state_dict()) for m in (net, target))
        gap = (features(net, a, own) - features(target, b, own)).abs().max().item()
        worst = max(worst, gap)
        assert gap < 1e-5, (a, b, gap)
        row.append(b if not missing and not unexpected else f"{b} (-{len(missing)}, +{len(unexpected)})")
    print(a, "->", ", ".join(row))
print("schemes ok, largest difference of features", worst)

# Whole networks, with what --fill adds: the projection too.
for a, head in [("lightly", "projection_head"), ("lightly-named", "projection_head")]:
    run("convert", at(a + ".pt"), at("out.pt"), "--to", "bcl", "--fill", "--drop", "online*", "--force")
    target = nets.NETS["bcl"]()
    target.load_state_dict(load(at("out.pt")), strict=True)
    with torch.no_grad():
        y = getattr(sources[a].eval(), head)(features(sources[a], a, True))
        gap = (target.eval().projector(features(target, "bcl", True)) - y).abs().max().item()
    assert gap < 1e-5, gap
    print(a, "-> bcl --fill: strict, largest difference of projections", gap)

# Wrapped networks.
net = sources["torchvision"]
for wrap in ["module.", "_orig_mod.", "module._orig_mod.", "model."]:
    torch.save({wrap + k: v for k, v in net.state_dict().items()}, at("wrapped.pt"))
    run("convert", at("wrapped.pt"), at("out.pt"), "--to", "torchvision", "--force")
    nets.NETS["torchvision"]().load_state_dict(load(at("out.pt")), strict=True)
ddp = torch.nn.DataParallel(nets.NETS["torchvision"]())
run("convert", at("torchvision.pt"), at("out.pt"), "--prefix", "module.", "--force")
ddp.load_state_dict(load(at("out.pt")), strict=True)
print("prefixes ok")

# Formats.
state = net.state_dict()
torch.save(state, at("zip.pt"))
torch.save(state, at("legacy.pth"), _use_new_zipfile_serialization=False)
torch.save({k: torch.nn.Parameter(v) if v.is_floating_point() else v for k, v in state.items()}, at("parameters.pt"))
torch.save({k: v.clone().permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0) if v.dim() == 4 else v for k, v in state.items()}, at("strided.pt"))
torch.save({k: v.bfloat16() if v.is_floating_point() else v for k, v in state.items()}, at("bf16.pt"))
torch.jit.save(torch.jit.script(net.eval()), at("script.pt"))
save_file(state, at("x.safetensors"))
for a in ["zip.pt", "legacy.pth", "parameters.pt", "strided.pt", "bf16.pt", "script.pt", "x.safetensors"]:
    for b in ["out.pt", "out.safetensors"]:
        run("convert", at(a), at(b), "--force")
        got = load(at(b))
        nets.NETS["torchvision"]().load_state_dict(got, strict=True)
        for k, v in state.items():
            assert torch.equal(got[k], v.bfloat16() if a.startswith("bf16") and v.is_floating_point() else v), (a, b, k)
        print(a, "->", b, "ok, bit for bit")
        assert "equal:" in run("diff", at(a), at(b))
    run("diff", at("zip.pt"), at(a), ok=1 if a.startswith("bf16") else 0)

# Features by us and by the script.
with open(at("check.py"), "w") as f:
    f.write(run("verify", "--print-script"))
cases = [(n + ".pt", []) for n in sources] + [("x.safetensors", [])]
cases += [(n + ".pt", ["--branch", "pruned"]) for n in dual]
for arch in ["resnet50"]:
    net = nets.randomize(getattr(nets.torchvision.models, arch)(), 5)  # ImageNet's stem
    torch.save({"model": net.state_dict()}, at(arch + ".pt"))
    cases.append((arch + ".pt", []))
for path, flags in cases:
    subprocess.run([sys.executable, at("check.py"), at(path), at("f.npy"), *flags], check=True, capture_output=True)
    print(path, *flags, run("verify", at(path), "--against", at("f.npy"), *flags).strip())

# The backbone into torchvision's, and the pruned branch as the script has it.
import numpy as np

for name in ["bcl", "bcl-dual", "sdclr", "supcontrast"]:
    for branch in ["full", "pruned"] if name in dual else ["full"]:
        run("extract-backbone", at(name + ".pt"), at("b.pt"), "--force", *(["--branch", branch] if name in dual else []))
        net = nets.resnet()
        net.load_state_dict(load(at("b.pt")), strict=True)
        subprocess.run([sys.executable, at("check.py"), at(name + ".pt"), at("f.npy"), "--branch", branch], check=True, capture_output=True)
        run("verify", at(name + ".pt"), "--out", at("g.npy"), "--branch", branch if name in dual else "full")
        subprocess.run([sys.executable, at("check.py"), at("b.pt"), at("h.npy")], check=True, capture_output=True)
        h = np.arange(8 * 32 * 32 * 3, dtype=np.uint64) * 2654435761 & 0xFFFFFFFF
        h ^= h >> 15
        h = h * 2246822519 & 0xFFFFFFFF
        pixels = torch.from_numpy(((h ^ h >> 13) >> 24).astype(np.uint8).reshape(8, 32, 32, 3)).permute(0, 3, 1, 2).float() / 255
        with torch.no_grad():
            got = net.eval()(norm(pixels) if name != "supcontrast" else pixels).numpy()
        print("extract-backbone", name, branch, "largest difference", abs(got - np.load(at("f.npy"))).max(), "of", got.max())
        assert abs(got - np.load(at("f.npy"))).max() < 1e-4 * got.max()
print("all ok")

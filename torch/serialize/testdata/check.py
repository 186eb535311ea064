"""Checks that PyTorch, NumPy and safetensors read what this package writes. Run by hand:

    BCL_PEER_DIR=/tmp/peers go test -run TestWriteForPeers ./torch/serialize && python check.py /tmp/peers

Needs torch from 1.13 on and NumPy, and checks more with safetensors. Prints the versions and a line per check.
ours.json describes the contents of each file; all of it is compared, tensors bit for bit.
"""
import json
import os
import sys
import zipfile

import torch
from theirs import describe

d = sys.argv[1]


def at(name):
    return os.path.join(d, name)


version = tuple(int(x) for x in torch.__version__.split("+")[0].split(".")[:2])
new = version >= (2, 1)


def load(name, **kw):
    # The safe unpickler of 1.13 does not know floats, so it refuses its own checkpoints too.
    safe = version >= (2, 0) or name not in ("checkpoint.pt", "tree.pt")
    return torch.load(at(name), weights_only=safe, **kw)


print("torch", torch.__version__, "python", sys.version.split()[0])
modes = [{}, {"mmap": True}, {"map_location": "cpu"}, {"map_location": "meta"}] if new else [{}]
for kw in modes:
    c = load("checkpoint.pt", **kw)
    assert c["epoch"] == 3 and list(c["state_dict"]) == ["conv1.weight", "bn1.num_batches_tracked"]
    assert type(c["state_dict"]).__name__ == "OrderedDict"
    assert c["state_dict"]._metadata["bn1"] == {"version": 2}
    assert c["optim"]["param_groups"][0]["lr"] == 0.5 and c["optim"]["param_groups"][0]["params"] == [0]
    if kw.get("map_location") != "meta":
        assert c["state_dict"]["conv1.weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert torch.equal(c["optim"]["state"][0]["momentum_buffer"][0, :1], torch.ones(1))
    print("checkpoint.pt", kw, "ok")
if hasattr(torch.utils, "serialization"):  # 2.7: offsets are computed, not read, under this option
    torch.utils.serialization.config.load.calculate_storage_offsets = True
    os.environ["TORCH_SERIALIZATION_DEBUG"] = "1"
    for name in ["checkpoint.pt", "views.pt", "dtypes.pt"]:
        load(name, mmap=True)
        load(name)
    torch.utils.serialization.config.load.calculate_storage_offsets = False
    print("calculated offsets ok")

with open(at("ours.json")) as f:
    ours = json.load(f)["files"]
for name, told in ours.items():
    got = describe(load(name))
    assert got["tensors"] == told["tensors"], name
    assert {k: got["values"][k] for k in told["values"]} == told["values"], name
    print(name, len(told["tensors"]), "tensors bit for bit,", len(told["values"]), "values ok")
if version < (2, 0):
    for own in [load("checkpoint.pt"), {"lr": 0.5}]:  # it refuses both our files and its own
        torch.save(own, at("own.pt"))
        try:
            torch.load(at("own.pt"), weights_only=True)
            raise AssertionError("1.13 reads floats after all")
        except Exception as e:
            assert "Unsupported operand 71" in str(e), e
    os.remove(at("own.pt"))
    print("weights_only of 1.13 does not know floats, not even in its own files; it reads ours without floats")

p = torch.nn.Parameter(torch.zeros(2, 3))
o = torch.optim.SGD([p], lr=1.0, momentum=0.5)
o.load_state_dict(load("checkpoint.pt")["optim"])
assert o.param_groups[0]["lr"] == 0.5 and o.state[p]["momentum_buffer"].shape == (2, 3)
print("optimiser state ok")

s = load("state.pt")
assert s["conv1.weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
print("state.pt ok")

t = load("dtypes.pt")
for name, x in t.items():
    assert x.dtype == getattr(torch, name), name
    assert [float(v) for v in x] == ([0, 1, 1] if name == "bool" else [0, 1, 100]), name
print("dtypes.pt", len(t), "types ok")

v = load("views.pt")
assert v["turned"].tolist() == torch.arange(12).view(3, 4).T.tolist() and v["part"].tolist() == [2, 4, 6]
v["all"][5] = 99
assert v["scalar"].item() == 99 and v["turned"][1, 1] == 99, "storages are not shared"
assert isinstance(v["param"], torch.nn.Parameter) and v["param"].requires_grad and v["grad"].requires_grad
assert v["empty"].shape == (0, 3) and v["wide"].tolist() == [0, 0, 0]
print("views.pt ok")

m = load("many.pt")
assert len(m) == 70000 and m[69999].item() == 69999
print("many.pt, 70,000 records, ok")

r = load("random.pt", **({"mmap": True} if new else {}))
assert r["x"].shape == (1000, 1001) and torch.equal(r["x"].flatten(), torch.arange(1001000) % 251)
print("random.pt, written by a function, ok")

if os.path.exists(at("huge.pt")):
    h = load("huge.pt", **({"mmap": True} if new else {}))
    assert h["a"].numel() == (1 << 32) + 10 and h["a"][-1] == 0 and h["b"].tolist() == [7.0], h["b"]
    print("huge.pt, beyond 4 GB, ok")

for name in sorted(os.listdir(d)):
    if name.endswith(".pt") and name != "huge.pt":
        assert zipfile.ZipFile(at(name)).testzip() is None, name
print("zipfile.testzip ok")

try:
    import numpy as np

    a = np.load(at("x.npy"))
    assert a.dtype == np.float32 and a.tolist() == [[0, 0.5, 1], [1.5, 2, 2.5]]
    assert np.load(at("i.npy"), mmap_mode="r").tolist() == [1, -2, 1 << 40]
    print("numpy", np.__version__, "ok")
except ImportError:
    print("no numpy")
try:
    import safetensors
    from safetensors.torch import load_file

    s = load_file(at("x.safetensors"))
    for name, x in t.items():
        assert s[name].dtype == x.dtype and torch.equal(s[name], x), name
    with safetensors.safe_open(at("x.safetensors"), "pt") as f:
        assert f.metadata() == {"format": "pt", "by": "bcl"}
    print("safetensors", safetensors.__version__, "ok")
except ImportError:
    print("no safetensors")

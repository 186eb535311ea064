"""Writes files with the PyTorch that runs it, which TestReadTheirs reads: every format, type and kind of view.

    python theirs.py /tmp/theirs && BCL_THEIRS_DIR=/tmp/theirs go test -run TestReadTheirs ./torch/serialize

It made the folders theirs-VERSION. theirs.json describes the contents of each file: the type, shape and sha256 of each
tensor (its elements in C order, little-endian), and the other values. Needs NumPy, and for one file safetensors.
"""
import argparse
import collections
import hashlib
import json
import os
import sys

import numpy as np
import torch

TYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32,
         torch.float64, torch.bool]


def describe(tree):
    """The contents of a tree by their paths: tensors and plain values."""
    tensors, values = {}, {}

    def walk(path, v):
        if isinstance(v, torch.Tensor):
            flat = v.detach().contiguous().reshape(-1)
            data = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
            tensors[path] = [str(v.dtype)[6:], list(v.shape), hashlib.sha256(data).hexdigest()]
        elif isinstance(v, np.ndarray):
            tensors[path] = [str(v.dtype), list(v.shape), hashlib.sha256(np.ascontiguousarray(v).tobytes()).hexdigest()]
        elif isinstance(v, dict):
            for k, x in v.items():
                walk(f"{path}.{k}" if path else str(k), x)
            for k, x in getattr(v, "__dict__", {}).items():
                walk(f"{path}.{k}" if path else str(k), x)
        elif isinstance(v, (list, tuple)) and not isinstance(v, torch.Size):
            for i, x in enumerate(v):
                walk(f"{path}.{i}" if path else str(i), x)
        elif v is None or isinstance(v, (bool, int, float, str)):
            values[path] = v
        else:
            values[path] = str(v)

    walk("", tree)
    return {"tensors": tensors, "values": values}


def tree():
    torch.manual_seed(1)
    all_types = {str(d)[6:]: (torch.randn(3, 5) * 50).to(d) for d in TYPES}
    x = torch.arange(24, dtype=torch.float32)
    views = {
        "all": x, "tail": x[20:], "every third": x[1::3], "turned": x.view(4, 6).t(), "wide": x[:2].view(2, 1).expand(2, 3),
        "last": x.view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last), "scalar": x[7], "none": x[24:],
        "empty": torch.zeros(2, 0, 3), "middle": x.view(2, 3, 4)[:, 1],
    }
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.LazyLinear(2))
    net(torch.randn(2, 3, 5, 5)).sum().backward()
    sgd, adam = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9), torch.optim.Adam(net.parameters())
    sgd.step()
    adam.step()
    return {
        "types": all_types, "views": views, "state_dict": net.state_dict(), "sgd": sgd.state_dict(), "adam": adam.state_dict(),
        "parameter": torch.nn.Parameter(torch.randn(2)), "grad": torch.ones(1, requires_grad=True),
        "plain": {"none": None, "yes": True, "int": -3, "big": 2**40, "float": 0.1, "text": "Gr\u00fc\u00dfe", "list": [1, [2.5]], "tuple": ("a", 4)},
        "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
    }


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.bn, self.scale = torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2), 0.5

    def forward(self, x):
        return self.bn(self.fc(x)) * self.scale


def main(out):
    os.makedirs(out, exist_ok=True)
    told = {}

    def at(name):
        return os.path.join(out, name)

    t = tree()
    for name, kw in {"zip.pt": {}, "legacy.pt": {"_use_new_zipfile_serialization": False}, "protocol4.pt": {"pickle_protocol": 4},
                     "legacy_protocol4.pt": {"_use_new_zipfile_serialization": False, "pickle_protocol": 4}}.items():
        torch.save(t, at(name), **kw)
        told[name] = describe(t)
    extras = {"options": argparse.Namespace(lr=0.5, name="x"), "array": np.arange(6).reshape(2, 3), "np": np.float64(2.5),
              "device": torch.device("cuda", 1), "size": torch.Size([1, 2]), "dtype": torch.float16}
    torch.save(extras, at("extras.pt"))
    told["extras.pt"] = describe({"options": vars(extras["options"]), "array": extras["array"], "np": 2.5})
    net = Net().eval()
    torch.jit.save(torch.jit.script(net), at("script.pt"))
    told["script.pt"] = describe(dict(net.state_dict()))
    torch.jit.save(torch.jit.trace(net, torch.ones(1, 3)), at("traced.pt"))
    told["traced.pt"] = describe(dict(net.state_dict()))
    for name, f in {"stored.npz": np.savez, "deflated.npz": np.savez_compressed}.items():
        a = {"w": t["types"]["float32"].numpy(), "f": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "h": np.float16([1, 2])}
        f(at(name), **a)
        told[name] = describe(a)
    try:
        from safetensors.torch import save_file

        flat = {k: v.clone().contiguous() for k, v in {**t["types"], **t["state_dict"]}.items()}
        save_file(flat, at("x.safetensors"), {"epoch": "3"})
        told["x.safetensors"] = describe(flat)
    except ImportError:
        print("no safetensors")
    told = {"version": torch.__version__, "numpy": np.__version__, "files": told}
    with open(at("theirs.json"), "w") as f:
        json.dump(told, f, indent=1, sort_keys=True)
    print("torch", torch.__version__, "wrote", len(told["files"]), "files to", out)


if __name__ == "__main__":
    main(sys.argv[1])

"""Eager steps and CUDA graphs give the same bytes."""

import re

import torch

import bench
from stages.s07_repeat import arguments

LIMIT, REQUIRED = 60, True


def run(kit):
    if not re.search(r"--cuda-graph\b", kit.command("bcl-train", "help", "--help-all")):
        raise bench.Skipped("bcl-train has no --cuda-graph")
    for method in ("bcl-i", "bcl-d"):
        runs = {}
        for way in ("true", "false"):
            runs[way], _ = kit.train(f"graph-{method}-{way}", "--method", method, *arguments("bf16"), f"--cuda-graph={way}")
            kit.record(**{f"views/s, {method}, --cuda-graph={way}": kit.epochs(runs[way])[-1]["views_per_second"]})
        same = differing(*(kit.work / f"graph-{method}-{way}" / "run" / "model.pt" for way in ("true", "false")))
        kit.check(method, not same, f"differ: {same[:3]}" if same else "all tensors equal")


def differing(a, b):
    """Names of the tensors of two files that are not equal; their settings differ by design."""
    def flat(d, at=""):
        for k, v in d.items() if isinstance(d, dict) else enumerate(d):
            if isinstance(v, (dict, list)):
                yield from flat(v, f"{at}{k}.")
            elif isinstance(v, torch.Tensor):
                yield f"{at}{k}", v

    x, y = (dict(flat(torch.load(p, weights_only=True, map_location="cpu"))) for p in (a, b))
    return sorted(x.keys() ^ y.keys()) + [k for k in x.keys() & y.keys() if not torch.equal(x[k], y[k])]

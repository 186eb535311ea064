"""Layout and algorithms: what cuDNN is given and chooses, and the first convolution's cost.

bcl-train's calls are read from cuDNN's log. The first convolution, 3 channels wide, may have
only a slow deterministic engine for its weights' gradient (pytorch issue 54404), so it is timed
with 3, 4 and 8 channels.
"""

import collections
import re

import torch
from torch.nn import functional as F

from stages.s03_ceilings import seconds

LIMIT, REQUIRED = 50, False


def stem(kit, channels):
    torch.backends.cudnn.deterministic = True
    n = kit.scale(1024, 32)
    x = torch.randn(n, channels, 32, 32, device="cuda", dtype=torch.bfloat16).to(memory_format=torch.channels_last)
    w = torch.randn(64, channels, 3, 3, device="cuda", dtype=torch.bfloat16).to(memory_format=torch.channels_last).requires_grad_()
    y = F.conv2d(x, w, padding=1)
    dy = torch.randn_like(y)
    times = {
        "forward": 1e6 * seconds(lambda: F.conv2d(x, w, padding=1)),
        "weights' gradient": 1e6 * seconds(lambda: torch.autograd.grad(F.conv2d(x, w, padding=1), w, dy)),
    }
    kit.record(**{f"us, first convolution, {n} views, {channels} channels": times})
    kernels = ()
    if not kit.null:
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as p:
            torch.autograd.grad(F.conv2d(x, w, padding=1), w, dy)
            torch.cuda.synchronize()
        kernels = sorted({e.key for e in p.key_averages()})
    kit.record(**{f"kernels, {channels} channels": list(kernels)})
    return y.is_contiguous(memory_format=torch.channels_last)


def strides(text):
    """How the log's tensors of four dimensions lie: the channels' stride tells."""
    lie = collections.Counter()
    for dims, steps in re.findall(r"dimA?[:=].*?\[([\d,\s]+)\].*?strideA?[:=].*?\[([\d,\s]+)\]", text, re.S):
        d, s = ([int(v) for v in part.replace(",", " ").split()] for part in (dims, steps))
        if len(d) == len(s) == 4 and d[1] > 1 and d[2] * d[3] > 1:
            lie["channels last" if s[1] == 1 else "channels first"] += 1
    return dict(lie)


def run(kit):
    log = kit.work / "cudnn.log"
    env = {"CUDNN_LOGLEVEL_DBG": "3", "CUDNN_LOGDEST_DBG": str(log)}
    kit.train("layout", "--train-split", kit.work / "batch.npy", "--batch-size", 64, "--epochs", 1, "--precision", "bf16", env=env)
    text = log.read_text(errors="replace") if log.exists() else ""
    kit.record(**{
        "bytes of cuDNN's log": len(text), "tensors in it": strides(text),
        "engines in it": dict(collections.Counter(re.findall(r"(?:engine|ENGINE)\w*(?:global_index|GLOBAL_INDEX)\D{0,40}(\d+)", text))),
    })  # fmt: skip
    kept = kit.out.parent / "cudnn-head.txt"
    kept.write_text(text[:200_000])
    kit.record(**{"the log begins": text[:1500]})
    for channels in (3, 4, 8):
        last = stem(kit, channels)
        kit.check(f"{channels} channels stay channels last", last, numeric=False)

"""PyTorch on the same card, in turn with bcl-train: eager, graph, compiled and graph.

Its batch lies on the card already; ours makes its views. The ratio is to its best.
"""

import json
import re
import statistics
import subprocess
import sys

import bench
from stages.s10_speed import measure

LIMIT, REQUIRED = 170, True
GOAL = 1.3


def peer(kit, way, seconds):
    size = [str(v) for v in (kit.scale(1024, 64), kit.scale(64, 16), *kit.scale((2, 2, 2, 2), (1, 1, 1, 1)))]
    command = [sys.executable, str(bench.HERE / "peer.py"), way, str(kit.scale(6, 1)), *size]
    p = subprocess.run(command, capture_output=True, text=True, timeout=max(min(seconds, kit.left() - 2), 1))
    print(p.stdout, p.stderr, flush=True)
    if p.returncode:
        said = p.stderr.strip().split("\n")
        raise RuntimeError(next((line for line in reversed(said) if re.match(r"[\w.]*(Error|Exception)\b", line)), said[-1]))
    return json.loads(p.stdout.splitlines()[-1])


def run(kit):
    ours, theirs = [], {}
    for way in ("eager", "graph", "compiled"):
        ours.append(measure(kit, f"peer-{way}", "--method", "simclr", "--precision", "bf16", "--num-workers", 8)["views/s"])
        kit.record(**{"views/s, bcl-train, simclr": statistics.median(ours)})
        try:
            found = peer(kit, way, 90)
        except (RuntimeError, subprocess.TimeoutExpired) as e:
            kit.record(**{f"PyTorch, {way}": f"none: {e}"[:400]})
            continue
        theirs[way] = found["views/s"]
        kit.record(**{f"PyTorch, {way}": found})
        best = max(theirs, key=theirs.get)
        ratio = statistics.median(ours) / theirs[best]
        kit.record(ratio=ratio, best=best)
    if not theirs:
        raise RuntimeError("PyTorch trained in no way")
    kit.check("compiled PyTorch ran", "compiled" in theirs, "" if "compiled" in theirs else kit.found["figures"]["PyTorch, compiled"])
    kit.check("ratio", ratio >= GOAL, f"{ratio:.2f} of PyTorch's best ({best}), expected {GOAL}")

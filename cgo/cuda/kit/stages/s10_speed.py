"""Speed of training, views and all: precisions, methods, workers."""

import re
import statistics

LIMIT, REQUIRED = 130, False


def measure(kit, name, *more, epochs=5):
    """The views a second of the epochs after the first, and how long a step waited for its views."""
    folder, said = kit.train(name, "--epochs", epochs, "--print-freq", 1, *more)
    rates = [e["views_per_second"] for e in kit.epochs(folder)[1:]]
    waits = [float(s) for s in re.findall(r"data_time: ([\d.]+)", said)]
    steps = [float(s) for s in re.findall(r"train_time: ([\d.]+)", said)]
    return {
        "views/s": statistics.median(rates), "from": min(rates), "to": max(rates),
        "wait for views, ms a step": 1e3 * statistics.mean(waits[len(waits) // epochs :]), "step, ms": 1e3 * statistics.mean(steps[len(steps) // epochs :]),
    }  # fmt: skip


def run(kit):
    kit.record(left_out="cuDNN is always deterministic, and the commands have no times of their phases: peer.py's are in the next stage")
    ways = [("bcl-i", p, w) for p in ("bf16", "fp32") for w in (8, 4, 16)]
    ways[1:1] = [("bcl-d", "bf16", 8), ("simclr", "bf16", 8)]
    for method, precision, workers in ways[: kit.scale(len(ways), 3)]:
        name = f"{method}, {precision}, {workers} workers"
        figures = measure(kit, f"speed-{method}-{precision}-{workers}", "--method", method, "--precision", precision, "--num-workers", workers)
        kit.record(**{name: figures})
    long = kit.scale(30, 6)
    kit.record(**{f"bcl-i, bf16, 8 workers, {long} epochs with their saving": measure(kit, "speed-long", "--precision", "bf16", "--num-workers", 8, epochs=long)})

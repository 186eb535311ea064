"""bcl-eval on the GPU has the CPU's accuracies: knn, probe, ridge, lbfgs."""

import re

LIMIT, REQUIRED = 100, True
WITHIN = 0.1  # percentage points


def accuracies(said):
    """classifier: top-1, of the table that bcl-eval prints."""
    return {name: float(top) for name, top in re.findall(r"^\s*(knn|probe|ridge|lbfgs)\s+([\d.]+)", said, re.M)}


def run(kit):
    small = ("--model", "resnet10", "--width", 16)
    kit.train("evaluate", *small, "--train-split", kit.work / "few.npy", "--batch-size", 64, "--epochs", kit.scale(20, 2))
    by = "knn,probe,ridge,lbfgs"
    found = {}
    for device in ("cpu", "cuda"):
        said = kit.command("bcl-eval", "evaluate", "--by", by, "--probe-epochs", kit.scale(20, 2), device=device, env={"NVIDIA_TF32_OVERRIDE": "0"})
        found[device] = accuracies(said)
        kit.record(**{f"top-1, {device}": found[device]})
    for name in by.split(","):
        cpu, gpu = (found[d].get(name, float("nan")) for d in ("cpu", "cuda"))
        kit.check(name, abs(cpu - gpu) <= WITHIN + 1e-9, f"CPU {cpu}, GPU {gpu}")

"""bcl-eval on the GPU has the CPU's accuracies: knn, probe, ridge, lbfgs."""

import re

LIMIT, REQUIRED = 100, True
WITHIN = 0.1  # percentage points
ALL = ("knn", "probe", "ridge", "lbfgs")


def accuracies(said):
    """classifier: top-1, of the table that bcl-eval prints."""
    return {name: float(top) for name, top in re.findall(r"^\s*trained\s+(\w+)\s+([\d.]+)", said, re.M)}


def run(kit):
    small = ("--model", "resnet10", "--width", 16)
    # On the null GPU the weights would be nothing that a classifier takes, and cuSOLVER, which ridge needs, does not start.
    kit.train("evaluate", *small, "--epochs", kit.scale(20, 2), device=kit.scale("cuda", "cpu"))
    found = {}
    for device, names in (("cpu", ALL), ("cuda", kit.scale(ALL, ("knn", "probe", "lbfgs")))):
        settings = ("--by", ",".join(names), "--probe-list", kit.work / "probe.npy", "--probe-epochs", kit.scale(20, 2))
        found[device] = accuracies(kit.command("bcl-eval", "evaluate", *settings, device=device, env={"NVIDIA_TF32_OVERRIDE": "0"}))
        kit.record(**{f"top-1, {device}": found[device]})
    for name in ALL:
        cpu, gpu = (found[d].get(name, float("nan")) for d in ("cpu", "cuda"))
        kit.check(name, abs(cpu - gpu) <= WITHIN + 1e-9, f"CPU {cpu}, GPU {gpu}")

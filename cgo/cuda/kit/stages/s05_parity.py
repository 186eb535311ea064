"""CPU against GPU: gradients, losses of samples and batch statistics of a step, ten steps.

A run's file has all of it: after one step the momentum of SGD is the gradient (and weight
decay times the weight), the memory holds every sample's loss, and the running statistics are
those of the batch's activations. TF32 is off, then on, then bf16.
"""

import torch

LIMIT, REQUIRED = 100, True
BOUND = 1e-4  # relative, in fp32
EXACT = {"NVIDIA_TF32_OVERRIDE": "0"}
STEMS = {"cifar": (), "imagenet": ("--stem", "imagenet", "--size", 64)}


def groups(folder):
    """What a run computed, each kind as one list of tensors."""
    d = torch.load(folder / "model.pt", weights_only=True, map_location="cpu")
    state = d["state_dict"]
    running = [v for k, v in state.items() if "running_" in k]
    weights = [v for k, v in state.items() if v.is_floating_point() and "running_" not in k]
    return {
        "momentum": [s["momentum_buffer"] for s in d["optim"]["state"].values()],
        "losses": [d["bcl"]["memory"]["loss"]],
        "statistics": running,
        "weights": weights,
    }


def apart(a, b):
    """The relative difference of two lists of tensors, by the norm of all, and of the worst tensor."""
    norm = lambda ts: sum(t.double().square().sum() for t in ts).sqrt()
    of = lambda x, y: (norm([p - q for p, q in zip(x, y)]) / norm(x).clamp_min(1e-30)).item()
    return of(a, b), max(of([p], [q]) for p, q in zip(a, b))


def run(kit):
    few = ("--train-split", kit.work / "batch.npy", "--batch-size", 64, "--seed", 3)
    for method in ("bcl-i", "bcl-d"):
        for stem, flags in STEMS.items():
            for steps in kit.scale((1, 10), (1,)):
                name = f"{method}, {stem} stem, {steps} step{'s' * (steps > 1)}"
                place = f"parity-{method}-{stem}-{steps}"
                args = (*few, "--method", method, "--epochs", steps, "--lr", 0.01, *flags)
                cpu = groups(kit.train(place + "-cpu", *args, device="cpu")[0])
                ways = {"fp32": ("fp32", EXACT)}
                if steps == 1 and method == "bcl-i":
                    ways.update({"TF32": ("fp32", {}), "bf16": ("bf16", {})})
                for way, (precision, env) in ways.items():
                    gpu = groups(kit.train(f"{place}-{way}", *args, "--precision", precision, env=env)[0])
                    far = {k: apart(cpu[k], gpu[k]) for k in cpu}
                    kit.record(**{f"{name}, {way}": {k: f"{a:.1e} (worst tensor {w:.1e})" for k, (a, w) in far.items()}})
                    if way == "fp32":
                        worst = max(far, key=lambda k: far[k][0])
                        kit.check(name, far[worst][0] <= BOUND, f"{worst} {far[worst][0]:.1e} apart, at most {BOUND:.0e}")

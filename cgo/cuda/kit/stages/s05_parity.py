"""CPU against GPU: gradients, losses of samples and batch statistics of a step, ten steps.

A run's file has all of it: after one step the momentum of SGD is the gradient (and weight
decay times the weight), the memory holds every sample's loss, and the running statistics are
those of the batch's activations. TF32 is off, then on, then bf16.

Losses and statistics of one step must be equal but for rounding. Gradients cannot: of an
untrained network they are the small difference of large numbers, and the CPU with SSE4.1 for
AVX-512 is 3e-3 to 5e-3 off, where the losses are 9e-7 off; ten steps multiply that. So this
other CPU is the measure of the rest.
"""

import torch

LIMIT, REQUIRED = 120, True
BOUND = 1e-4  # relative, in fp32
TIMES = 10  # as far apart as the CPU and the other one
OTHER = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"}
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


def compare(kit, method, stem, steps):
    name = f"{method}, {stem} stem, {steps} step{'s' * (steps > 1)}"
    place = f"parity-{method}-{stem}-{steps}"
    # Small steps, of which ten do not yet turn rounding into another network.
    args = ("--train-split", kit.work / "batch.npy", "--batch-size", 64, "--seed", 3, "--width", kit.scale(32, 16))
    args += ("--method", method, "--epochs", steps, "--lr", 1e-4, *STEMS[stem])
    cpu = groups(kit.train(place + "-cpu", *args, device="cpu")[0])

    def far(way, device, precision, env):
        other = groups(kit.train(f"{place}-{way}", *args, "--precision", precision, device=device, env=env)[0])
        found = {k: apart(cpu[k], other[k]) for k in cpu}
        kit.record(**{f"{name}, {way}": {k: f"{a:.1e} (worst tensor {w:.1e})" for k, (a, w) in found.items()}})
        return {k: a for k, (a, _) in found.items()}

    measure = far("SSE4.1", "cpu", "fp32", OTHER)
    gpu = far("fp32", "cuda", "fp32", EXACT)
    for k in cpu:
        bound = BOUND if steps == 1 and k in ("losses", "statistics") else max(BOUND, TIMES * measure[k])
        kit.check(f"{name}: {k}", gpu[k] <= bound, f"{gpu[k]:.1e} apart, at most {bound:.1e}")
    if steps == 1 and method == "bcl-i":
        far("TF32", "cuda", "fp32", {})
        far("bf16", "cuda", "bf16", {})


def run(kit):
    for method in ("bcl-i", "bcl-d"):
        for stem in STEMS:
            compare(kit, method, stem, 1)
    for method in kit.scale(("bcl-i", "bcl-d"), ("bcl-d",)):
        compare(kit, method, "cifar", 10)

"""The same run twice gives the same bytes: 44 steps, bf16 and fp32."""

import json

import report

LIMIT, REQUIRED = 70, True


def arguments(precision):
    """Of 44 steps (22 an epoch); also what the stage of signals repeats."""
    return "--epochs", 2, "--print-freq", 1, "--precision", precision


def run(kit):
    kept = {}
    for precision in ("bf16", "fp32"):
        runs = [kit.train(f"repeat-{precision}-{i}", *arguments(precision))[0] for i in (1, 2)]
        digests = [kit.digest(r) for r in runs]
        kept[precision] = digests[0]
        kit.record(**{f"SHA-256, {precision}": digests[0][:16], f"loss, {precision}": kit.epochs(runs[0])[-1]["loss"]})
        kit.check(precision, digests[0] == digests[1], " and ".join(d[:16] for d in digests))
    report.replace(kit.work / "digests.json", json.dumps(kept))

"""SIGTERM within an epoch ends within 5 s, and the run resumes to the same bytes; so after kill -9."""

import json
import signal
import time

from stages.s07_repeat import arguments

LIMIT, REQUIRED = 70, True


def run(kit):
    whole = kit.work / "digests.json"
    expected = json.loads(whole.read_text())["bf16"] if whole.exists() else "not known: the stage before did not end"
    for name, number, code in (("SIGTERM", signal.SIGTERM, 143), ("kill -9", signal.SIGKILL, -9)):
        place = f"signal-{number.value}"
        p = kit.start("bcl-train", place, *arguments("bf16"))
        kit.until(p, r"Epoch: \[2\]\[2/" if number == signal.SIGKILL else r"Epoch: \[1\]\[2/")
        ended, took = kit.end(p, number)
        kit.check(f"{name}: exit code", ended == code, f"{ended}, expected {code}", numeric=False)
        if number == signal.SIGTERM:
            kit.check("SIGTERM: time", took <= 5, f"{took:.2f} s, at most 5", numeric=False)
        start = time.monotonic()
        resume = ["--resume"] if (kit.work / place / "run" / "model.pt").exists() else []
        said = kit.command("bcl-train", place, *arguments("bf16"), *resume)
        kit.record(**{f"{name}: seconds to the end": time.monotonic() - start, f"{name}: resumed": "resuming at" in said})
        if number == signal.SIGTERM:
            kit.check("SIGTERM: resumes", "resuming at" in said, numeric=False)
        digest = kit.digest(kit.work / place / "run")
        kit.check(f"{name}: the same bytes", digest == expected, f"{digest[:16]}, uninterrupted {expected[:16]}")

"""What the stages share: the commands, the data, the device, and a place for what they find."""

import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import report

HERE = pathlib.Path(__file__).resolve().parent


class NoDevice(Exception):
    """There is nothing that the stage could run on."""


class Skipped(Exception):
    """The stage cannot be run, for a reason that is no fault."""


class Kit:
    """One stage's view of the kit. work is a folder that all stages share, out the file of this
    one's findings, deadline in seconds of time.monotonic."""

    def __init__(self, work, out, deadline):
        self.work, self.out, self.deadline = work, out, deadline
        self.found = {"status": "running", "why": "", "checks": {}, "figures": {}}
        shared = work / "machine.json"  # of stage 1
        self.machine = json.loads(shared.read_text()) if shared.exists() else {}
        self._save()

    # What was found.

    def _save(self):
        report.replace(self.out, json.dumps(self.found))

    def record(self, **figures):
        self.found["figures"].update(figures)
        self._save()

    def check(self, what, good, detail="", numeric=True):
        """Notes a condition. Where nothing is computed, one about numbers or time is not shown."""
        result = "not shown" if numeric and self.null else "pass" if good else "fail"
        self.found["checks"][what] = {"result": result, "detail": str(detail)}
        self._save()

    def finished(self):
        results = [c["result"] for c in self.found["checks"].values()]
        self.found["status"] = next((r for r in ("fail", "not shown", "pass") if r in results), "recorded")
        if self.found["status"] == "fail":
            self.found["why"] = ", ".join(w for w, c in self.found["checks"].items() if c["result"] == "fail")
        self._save()

    def stopped(self, e):
        kinds = {NoDevice: "no device", Skipped: "skipped"}
        self.found["status"] = kinds.get(type(e), "error")
        self.found["why"] = str(e) if type(e) in kinds else f"{type(e).__name__}: {e}"[:2000]
        self._save()

    # The machine.

    @property
    def null(self):
        return self.machine.get("device") == "null GPU"

    def need_device(self):
        reason = self.machine.get("no_device", "the machine's stage did not end")
        if reason:
            raise NoDevice(reason)

    def scale(self, real, rehearsed):
        """The size of a piece of work: smaller where its numbers mean nothing."""
        return rehearsed if self.null else real

    def left(self):
        return self.deadline - time.monotonic()

    # The commands.

    def environment(self, more=None):
        """With the wheel's libtorch, also where the one of the build lies at its old place."""
        paths = (str(HERE / "lib"), os.environ.get("LD_LIBRARY_PATH"))
        return dict(os.environ, LD_LIBRARY_PATH=":".join(filter(None, paths)), **(more or {}))

    def start(self, program, place, *args, device="cuda", env=None):
        """Starts bcl-train or bcl-eval in the folder place of the work folder, for a run that is
        called "run" there. Of training, args are what differs from the kit's settings."""
        folder = self.work / place
        folder.mkdir(exist_ok=True)
        settings = ("--device", device)
        if program == "bcl-train":
            small = ("--batch-size", 64, "--model", "resnet10", "--width", 16)
            settings += ("--data", self.work / "cifar", "--train-split", self.work / self.scale("tail.npy", "few.npy"), "--save-dir", ".")
            settings += ("--warmup", 0, "--lr", 0.1, *self.scale((), small))
        command = [str(HERE / "bin" / program), "run", *map(str, settings + args)]
        print("$", *command, flush=True)
        return subprocess.Popen(
            command, cwd=folder, env=self.environment(env), text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def command(self, program, place, *args, code=0, device="cuda", env=None):
        """Runs such a command to its end, which must be that exit code, and returns what it said."""
        p = self.start(program, place, *args, device=device, env=env)
        said = p.communicate(timeout=max(self.left() - 1, 1))[0]
        print(said, flush=True)
        if p.returncode != code:
            raise RuntimeError(f"{program}: exit code {p.returncode}, expected {code}: {said.strip()[-800:]}")
        return said

    def train(self, place, *args, device="cuda", env=None):
        """Trains, and returns the run's folder and what was said."""
        said = self.command("bcl-train", place, *args, device=device, env=env)
        return self.work / place / "run", said

    def epochs(self, folder):
        return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]

    def digest(self, folder):
        return hashlib.sha256((folder / "model.pt").read_bytes()).hexdigest()

    def until(self, p, pattern):
        """Reads what a command says up to a line that matches, and returns the lines."""
        lines = []
        for line in p.stdout:
            lines.append(line)
            if re.search(pattern, line):
                return lines
        p.wait()
        raise RuntimeError(f"it ended with code {p.returncode} before it said {pattern}:\n{''.join(lines)[-800:]}")

    def end(self, p, number=signal.SIGTERM):
        """Sends a signal, and returns the exit code (minus the signal if killed) and the seconds until the end."""
        start = time.monotonic()
        p.send_signal(number)
        print(p.communicate(timeout=max(self.left() - 1, 1))[0], flush=True)
        return p.returncode, time.monotonic() - start

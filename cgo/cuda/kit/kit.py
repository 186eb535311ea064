"""The acceptance kit's director: runs the stages, each in a process of its own and bounded in
time, and replaces kit.json after every one; the table comes last. See run.sh.

A stage is a file of stages/: its docstring's first line says what it is, LIMIT bounds its
seconds, REQUIRED says whether its failure is the kit's, and run(kit) does it. All but that of
the machine need torch, so that this process only reads them.
"""

import ast
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import report
from bench import Kit, NoDevice, Skipped

# In the order of value: cheap and decisive first. The numbers are those of the specification.
ORDER = [
    "s01_machine", "s00_data", "s02_load", "s03_ceilings", "s04_tests", "s05_parity", "s07_repeat", "s08_signals",
    "s10_speed", "s11_peer", "s06_layout", "s09_graph", "s12_memory", "s13_evaluate", "s14_soak",
]  # fmt: skip
BUDGET = 585  # seconds in all: the rest of ten minutes is for starting and writing
GOOD = ("pass", "recorded", "skipped")


def about(name):
    """What a stage says of itself, without importing it."""
    tree = ast.parse((pathlib.Path(__file__).parent / "stages" / (name + ".py")).read_text())
    said = {"what": ast.get_docstring(tree).split("\n")[0].rstrip(".")}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and node.targets[0].elts[0].id == "LIMIT":
            said.update(zip([t.id.lower() for t in node.targets[0].elts], ast.literal_eval(node.value)))
    return said


def child(name, work, out, seconds):
    """The stage itself, in its own process: its figures are in a file as soon as they are known."""
    kit = Kit(work, out, time.monotonic() + seconds)
    try:
        if name != "s01_machine":
            kit.need_device()
        importlib.import_module("stages." + name).run(kit)
    except (NoDevice, Skipped) as e:
        kit.stopped(e)
        return
    except Exception as e:
        kit.stopped(e)
        raise
    kit.finished()


def bounded(name, work, logs, seconds):
    """Runs one stage within the seconds given, and returns what it found."""
    stage, out = about(name), work / (name + ".json")
    start = time.monotonic()
    with open(logs / (name + ".txt"), "wb") as log:
        p = subprocess.Popen(
            [sys.executable, __file__, "--stage", name, str(work), str(out), str(seconds)],
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        late = False
        try:
            p.wait(seconds)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            try:  # its commands too
                os.killpg(p.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            p.wait()
    try:
        found = json.loads(out.read_text())
    except (OSError, ValueError):
        found = {"status": "error", "why": f"it ended with code {p.returncode} and left no figures", "checks": {}, "figures": {}}
    if found["status"] == "running":  # what it has found so far stays
        found["status"] = "timed out" if late else "error"
        found["why"] = f"not done within {seconds:.0f} s" if late else f"it ended with code {p.returncode}; see logs/{name}.txt"
    found["seconds"] = round(time.monotonic() - start, 1)
    return {"what": stage["what"], "required": stage["required"], **found}


def main(out):
    logs = out / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    stages = {name: about(name) for name in ORDER}
    result = {
        "kit": 1,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "device": "not known yet",
        "finished": False,
        "exit": 1,
        "stages": {name: {"what": stage["what"], "required": stage["required"], "status": "not run"} for name, stage in stages.items()},
    }
    # As an interrupt: the stage's processes are ended, the files stay.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bcl-kit-") as work:
        work = pathlib.Path(work)
        for name, stage in stages.items():
            left = BUDGET - (time.monotonic() - start)
            if left < 5:
                result["stages"][name].update(why="no time was left", checks={}, figures={}, seconds=0)
                continue
            print(f"{time.monotonic() - start:5.0f} s  {name}: {stage['what']}", flush=True)
            found = bounded(name, work, logs, min(left, stage["limit"]))
            result["stages"][name] = found
            result.update(found.pop("machine", {}))
            result["seconds"] = round(time.monotonic() - start, 1)
            report.write(out, result)
            print(f"         {found['status']}{': ' * bool(found['why'])}{found['why']}", flush=True)
    fine = GOOD + (("not shown",) if result["device"] == "null GPU" else ())
    failed = [n for n, s in result["stages"].items() if s["required"] and s["status"] not in fine]
    result["finished"], result["exit"] = True, int(bool(failed))
    report.write(out, result)
    print("\n" + report.table(result))
    return result["exit"]


if __name__ == "__main__":
    if sys.argv[1] == "--stage":
        child(sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4]), float(sys.argv[5]))
    else:
        try:
            sys.exit(main(pathlib.Path(sys.argv[1]).absolute()))
        except KeyboardInterrupt:
            sys.exit(f"stopped; {sys.argv[1]}/kit.json has the stages that ended")

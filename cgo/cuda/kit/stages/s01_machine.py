"""Machine: GPU, driver, torch.

It ends well only if there is a GPU that torch can use; every other stage asks its result.
"""

import json
import os
import platform
import subprocess

import bench
import report

LIMIT, REQUIRED = 40, True
TORCH = "2.11.0+cu130"


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as e:
        return f"none: {e}"


def found():
    """What torch says of the GPU."""
    try:
        import torch
    except Exception as e:
        return {"device": "none", "no_device": f"no torch: {e}"}
    m = {"torch": torch.__version__, "device": "none", "no_device": ""}
    try:
        p = torch.cuda.get_device_properties(0)
    except Exception as e:
        m["no_device"] = f"no CUDA device: {e}".split("\n")[0]
        return m
    m["device"] = "null GPU" if p.name == "Null GPU" else p.name
    m["hardware"] = {
        "capability": f"{p.major}.{p.minor}", "GiB": round(p.total_memory / 2**30, 1), "multiprocessors": p.multi_processor_count,
        "cuDNN": torch.backends.cudnn.version(),
    }  # fmt: skip
    return m


def run(kit):
    m = found()
    m["program"] = output(str(bench.HERE / "bin" / "bcl-train"), "--version") or "bcl-train does not start"
    m["cores"] = len(os.sched_getaffinity(0))
    m["python"] = platform.python_version()
    report.replace(kit.work / "machine.json", json.dumps(m))
    kit.machine = m
    kit.found["machine"] = {k: m[k] for k in ("device", "torch", "program") if k in m}
    smi = "name,driver_version,pstate,clocks.max.sm,power.limit,temperature.gpu,compute_mode"
    kit.record(**m, nvidia_smi=output("nvidia-smi", "--query-gpu=" + smi, "--format=csv"))
    kit.need_device()
    kit.check("torch", m["torch"] == TORCH, f"{m['torch']}, expected {TORCH}", numeric=False)
    kit.check("bcl-train starts", m["program"].startswith("bcl-train "), m["program"], numeric=False)

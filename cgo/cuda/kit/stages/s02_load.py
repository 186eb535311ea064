"""Loading: bcl-train's libraries are the wheel's, and NVRTC compiles and runs a kernel."""

import os
import pathlib
import re
import subprocess
import sys

import torch

import bench
import nvrtc

LIMIT, REQUIRED = 60, True
WANTED = ("libtorch_cuda", "libcudnn", "libcublasLt", "libnvrtc")


def libraries(pid):
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return sorted(set(re.findall(r"/\S+\.so\S*", maps)))


def site():
    """The folder of the wheels: torch/ lies in it, and nvidia/ beside that."""
    return os.path.realpath(pathlib.Path(torch.__file__).parents[1])


def kernel(kit):
    major, minor = torch.cuda.get_device_capability(0)
    cubin = kit.work / "twice.cubin"
    # In a process without the null GPU, with whose libcuda NVRTC crashes.
    env = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "LD_LIBRARY_PATH")}
    p = subprocess.run([sys.executable, str(bench.HERE / "nvrtc.py"), f"sm_{major}{minor}", str(cubin)], env=env, capture_output=True, text=True)
    size = cubin.stat().st_size if cubin.exists() else 0
    kit.check("NVRTC compiles", p.returncode == 0, p.stderr.strip().split("\n")[-1] or f"code {p.returncode}, a cubin of {size} bytes", numeric=False)
    if kit.null:
        kit.check("NVRTC's kernel runs", False, "nothing runs it")
    elif p.returncode == 0:
        total = nvrtc.run(cubin.read_bytes())
        kit.check("NVRTC's kernel runs", total == 64, f"sum {total}, expected 64")


def run(kit):
    p = kit.start("bcl-train", "load", "--epochs", 1000, "--print-freq", 1, "--precision", "bf16")
    try:
        kit.until(p, r"Epoch: \[1\]\[2/")
        found = [lib for lib in libraries(p.pid) if any(w in lib for w in WANTED)]
    finally:
        p.kill()
        p.communicate()
    kit.record(libraries=found)
    for w in WANTED:
        here = [lib for lib in found if w in lib]
        others = [lib for lib in here if not os.path.realpath(lib).startswith(site() + "/")]
        kit.check(f"{w} is the wheel's", here and not others, others or ", ".join(here).replace(site(), "") or "not loaded", numeric=False)
    kernel(kit)

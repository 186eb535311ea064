"""Loading: bcl-train's libraries are the wheel's, and NVRTC compiles and runs a kernel."""

import ctypes
import os
import pathlib
import re

import torch

LIMIT, REQUIRED = 60, True
WANTED = ("libtorch_cuda", "libcudnn", "libcublasLt", "libnvrtc")
SOURCE = b'extern "C" __global__ void twice(float* x) { x[threadIdx.x] *= 2; }'


def libraries(pid):
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return sorted(set(re.findall(r"/\S+\.so\S*", maps)))


def site():
    """The folder of the wheels: torch/ lies in it, and nvidia/ beside that."""
    return os.path.realpath(pathlib.Path(torch.__file__).parents[1])


def good(code, what):
    if code != 0:
        raise RuntimeError(f"{what}: error {code}")


def twice():
    """Compiles a kernel with the wheel's NVRTC, and runs it on 32 ones with the driver."""
    paths = [p for p in libraries(os.getpid()) if re.search(r"/libnvrtc\.so", p)]
    compiler = ctypes.CDLL(paths[0] if paths else str(next(pathlib.Path(site()).glob("nvidia/cu13/lib/libnvrtc.so.*"))))
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    good(compiler.nvrtcCreateProgram(ctypes.byref(program), SOURCE, b"twice.cu", 0, None, None), "nvrtcCreateProgram")
    major, minor = torch.cuda.get_device_capability(0)
    options = (ctypes.c_char_p * 1)(f"--gpu-architecture=sm_{major}{minor}".encode())
    good(compiler.nvrtcCompileProgram(program, 1, options), "nvrtcCompileProgram")
    good(compiler.nvrtcGetCUBINSize(program, ctypes.byref(size)), "nvrtcGetCUBINSize")
    code = ctypes.create_string_buffer(size.value)
    good(compiler.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN")
    yield size.value
    x = torch.ones(32, device="cuda")  # and with it a context
    driver, module, kernel = ctypes.CDLL("libcuda.so.1"), ctypes.c_void_p(), ctypes.c_void_p()
    good(driver.cuModuleLoadData(ctypes.byref(module), code), "cuModuleLoadData")
    good(driver.cuModuleGetFunction(ctypes.byref(kernel), module, b"twice"), "cuModuleGetFunction")
    argument = ctypes.c_void_p(x.data_ptr())
    arguments = (ctypes.c_void_p * 1)(ctypes.cast(ctypes.byref(argument), ctypes.c_void_p))
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
    good(driver.cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, stream, arguments, None), "cuLaunchKernel")
    yield x.sum().item()


def run(kit):
    p = kit.start("bcl-train", *kit.training("load", "--epochs", 1000, "--print-freq", 1, "--precision", "bf16"))
    try:
        kit.until(p, r"Epoch: \[1\]\[2/")
        found = [l for l in libraries(p.pid) if any(w in l for w in WANTED)]
    finally:
        p.kill()
        p.communicate()
    kit.record(libraries=found)
    for w in WANTED:
        here = [l for l in found if w in l]
        others = [l for l in here if not os.path.realpath(l).startswith(site() + "/")]
        kit.check(f"{w} is the wheel's", here and not others, others or (here[0].replace(site(), "") if here else "not loaded"), numeric=kit.null)
    steps = twice()
    kit.check("NVRTC compiles", True, f"a cubin of {next(steps)} bytes", numeric=False)
    if kit.null:
        kit.check("NVRTC's kernel runs", False, "there is no driver")
        return
    total = next(steps)
    kit.check("NVRTC's kernel runs", total == 64, f"sum {total}, expected 64")

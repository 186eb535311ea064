"""Compiles a kernel with the wheel's NVRTC, which needs no GPU.

nvrtc.py ARCHITECTURE FILE writes a cubin that has twice(float* x), which doubles x[threadIdx.x].
"""

import ctypes
import pathlib
import sys

import torch  # opens NVRTC with what it needs

SOURCE = b'extern "C" __global__ void twice(float* x) { x[threadIdx.x] *= 2; }'


def good(code, what):
    if code != 0:
        raise RuntimeError(f"{what}: error {code}")


def compiled(architecture):
    folder = pathlib.Path(torch.__file__).parents[1] / "nvidia" / "cu13" / "lib"
    nvrtc = ctypes.CDLL(str(folder / "libnvrtc.so.13"))
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    good(nvrtc.nvrtcCreateProgram(ctypes.byref(program), SOURCE, b"twice.cu", 0, None, None), "nvrtcCreateProgram")
    options = (ctypes.c_char_p * 1)(f"--gpu-architecture={architecture}".encode())
    good(nvrtc.nvrtcCompileProgram(program, 1, options), "nvrtcCompileProgram")
    good(nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size)), "nvrtcGetCUBINSize")
    code = ctypes.create_string_buffer(size.value)
    good(nvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN")
    return code.raw


def run(code):
    """Runs it on 32 ones of the GPU, and returns their sum."""
    x = torch.ones(32, device="cuda")  # and with it a context
    driver, module, kernel = ctypes.CDLL("libcuda.so.1"), ctypes.c_void_p(), ctypes.c_void_p()
    good(driver.cuModuleLoadData(ctypes.byref(module), code), "cuModuleLoadData")
    good(driver.cuModuleGetFunction(ctypes.byref(kernel), module, b"twice"), "cuModuleGetFunction")
    argument = ctypes.c_void_p(x.data_ptr())
    arguments = (ctypes.c_void_p * 1)(ctypes.cast(ctypes.byref(argument), ctypes.c_void_p))
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
    good(driver.cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, stream, arguments, None), "cuLaunchKernel")
    return x.sum().item()


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_bytes(compiled(sys.argv[1]))

#include "kernels.h"

#include <dlfcn.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "parts.h"

// The sources, as they are in the tree.
#define BCL_TEXT(name, file)                                                          \
  asm(".pushsection .rodata\n" #name ":\n.incbin \"" file "\"\n.byte 0\n.popsection"); \
  extern const char name[] __attribute__((visibility("hidden")))
extern "C" {
BCL_TEXT(bcl_norm_h, "kernels/norm.h");
BCL_TEXT(bcl_norm_args_h, "kernels/norm_args.h");
}

namespace {

// NVRTC, which ../cuda.cc has opened before: its header is not among those of the runtime.
template <typename F>
F* nvrtc(const char* name) {
  void* f = dlsym(RTLD_DEFAULT, name);
  if (f == nullptr) throw std::runtime_error(std::string("NVRTC is not there: no ") + name);
  return reinterpret_cast<F*>(f);
}

using program = void*;

std::string log_of(program p) {
  size_t n = 0;
  if (nvrtc<int(program, size_t*)>("nvrtcGetProgramLogSize")(p, &n) != 0 || n == 0) return "";
  std::vector<char> text(n);
  if (nvrtc<int(program, char*)>("nvrtcGetProgramLog")(p, text.data()) != 0) return "";
  return std::string(text.data());
}

struct program_holder {
  program p = nullptr;
  ~program_holder() {
    if (p != nullptr) nvrtc<int(program*)>("nvrtcDestroyProgram")(&p);
  }
};

}  // namespace

std::string bcl_cuda::compiled(const std::string& architecture) {
  const auto good = [](int code, const char* what) {
    if (code != 0) throw std::runtime_error(std::string(what) + ": error " + std::to_string(code) + " of NVRTC");
  };
  program_holder h;
  const char *header = bcl_norm_args_h, *name = "norm_args.h";
  good(nvrtc<int(program*, const char*, const char*, int, const char* const*, const char* const*)>("nvrtcCreateProgram")(
           &h.p, bcl_norm_h, "norm.h", 1, &header, &name),
       "nvrtcCreateProgram");
  const std::string target = "--gpu-architecture=" + architecture;
  const char* options[] = {target.c_str(), "--std=c++17", "--fmad=false"};
  const int code = nvrtc<int(program, int, const char* const*)>("nvrtcCompileProgram")(h.p, 3, options);
  if (code != 0) throw std::runtime_error("norm.h for " + architecture + ": error " + std::to_string(code) + " of NVRTC\n" + log_of(h.p));
  size_t size = 0;
  good(nvrtc<int(program, size_t*)>("nvrtcGetCUBINSize")(h.p, &size), "nvrtcGetCUBINSize");
  std::string cubin(size, '\0');
  good(nvrtc<int(program, char*)>("nvrtcGetCUBIN")(h.p, cubin.data()), "nvrtcGetCUBIN");
  return cubin;
}

namespace {

using bcl_cuda::check;
using bcl_cuda::norm_functions;

norm_functions load(int device) {
  int major = 0, minor = 0;
  check("cudaDeviceGetAttribute", cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device));
  check("cudaDeviceGetAttribute", cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device));
  const std::string code = bcl_cuda::compiled("sm_" + std::to_string(major) + std::to_string(minor));
  cudaLibrary_t library = nullptr;  // stays until the process ends
  check("cudaLibraryLoadData", cudaLibraryLoadData(&library, code.data(), nullptr, nullptr, 0, nullptr, nullptr, 0));
  const auto get = [&](const char* name) {
    cudaKernel_t k = nullptr;
    check(name, cudaLibraryGetKernel(&k, library, name));
    return k;
  };
  return {get("prepare"),
          get("total"),
          {get("apply_float"), get("apply_bfloat16")},
          {get("reduce_float"), get("reduce_bfloat16")},
          {get("gradient_float"), get("gradient_bfloat16")}};
}

}  // namespace

const bcl_cuda::norm_functions* bcl_cuda::norm_functions_of(int device) {
  static std::mutex mutex;
  static std::map<int, norm_functions> all;
  static bool failed = false;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = all.find(device);
  if (found != all.end()) return &found->second;
  if (failed) return nullptr;
  try {
    return &all.emplace(device, load(device)).first->second;
  } catch (const std::exception& e) {
    failed = true;
    std::fprintf(stderr, "bcl: batch norm without kernels of its own, which would be faster: %s\n", e.what());
    return nullptr;
  }
}

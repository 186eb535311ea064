// The CUDA half. The binary itself links only libtorch_cpu; code that needs CUDA's
// headers is in cuda/shim.cc, a library of its own that is opened here, after
// libtorch_cuda and before any other use of libtorch.
#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <glob.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "cuda.h"
#include "table.h"

using bcl::check;
using bcl::guard;

namespace {

const bcl_cuda_functions* shim = nullptr;

void* open_library(const char* path) {
  void* lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (lib == nullptr) throw std::runtime_error(dlerror());
  return lib;
}

// preload_nvrtc opens the run-time compiler with the parts that it would look for by name
// alone, as torch/__init__.py does (pytorch issue 145580): cuDNN compiles engines with it.
// libtorch finds its other libraries itself, so a failure is none here.
void preload_nvrtc() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&at::globalContext), &info) == 0) return;
  const std::string lib = info.dli_fname;
  const std::string dir = lib.substr(0, lib.rfind('/') + 1) + "../../nvidia/cu13/lib/";
  for (const char* name : {"libnvJitLink.so.*", "libnvrtc-builtins.so.*", "libnvrtc.so.*"}) {
    glob_t found;
    if (glob((dir + name).c_str(), 0, nullptr, &found) == 0) dlopen(found.gl_pathv[0], RTLD_NOW | RTLD_GLOBAL);
    globfree(&found);
  }
}

std::atomic<int32_t> wanted_device{-1};  // -1: libtorch's own
thread_local int32_t used_device = -1;

}  // namespace

const bcl_cuda_functions& bcl::cuda() {
  if (shim == nullptr) throw std::runtime_error("CUDA is not open");
  return *shim;
}

void bcl::check(char* error) {
  if (error == nullptr) return;
  std::string text = error;
  std::free(error);
  throw std::runtime_error(text);
}

bt_error bt_cuda_open(const char* c10_cuda, const char* torch_cuda, const char* shim_path) {
  return guard([&] {
    if (shim != nullptr) return;
    preload_nvrtc();
    open_library(c10_cuda);
    open_library(torch_cuda);
    void* lib = open_library(shim_path);
    using entry = const bcl_cuda_functions* (*)();
    auto get = reinterpret_cast<entry>(dlsym(lib, "bcl_cuda_entry"));
    if (get == nullptr) throw std::runtime_error(dlerror());
    const bcl_cuda_functions* found = get();
    if (found->version != BCL_CUDA_VERSION)
      throw std::runtime_error(std::string(shim_path) + ": made for another version of bcl; run make build");
    shim = found;
  });
}

bt_error bt_cuda_device_count(int32_t* n) {
  return guard([&] { check(bcl::cuda().device_count(n)); });
}

bt_error bt_cuda_device_name(int32_t device, char** out) {
  return guard([&] { check(bcl::cuda().device_name(device, out)); });
}

bt_error bt_cuda_capability(int32_t device, int32_t* major, int32_t* minor) {
  return guard([&] { check(bcl::cuda().capability(device, major, minor)); });
}

bt_error bt_cuda_hooks(void) {
  return guard([&] {
    if (!at::detail::getCUDAHooks().hasCUDA())
      throw std::runtime_error("libtorch was used before CUDA was opened, which it remembers: open the device first");
  });
}

void bcl::use_device() {
  const int32_t n = wanted_device.load();
  if (n == used_device) return;
  check(bcl::cuda().use_device(n));
  used_device = n;
}

bt_error bt_cuda_use_device(int32_t device) {
  return guard([&] {
    bcl::cuda();
    wanted_device = device;
    bcl::use_device();
  });
}

bt_error bt_cuda_synchronize(int32_t device) {
  return guard([&] { check(bcl::cuda().synchronize(device)); });
}

bt_error bt_cuda_empty_cache(void) {
  return guard([&] { check(bcl::cuda().empty_cache()); });
}

bt_error bt_cuda_memory(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved) {
  return guard([&] { check(bcl::cuda().memory(device, allocated, peak, reserved)); });
}

bt_error bt_cuda_compile(const char* architecture, int64_t* nbytes) {
  return guard([&] { check(bcl::cuda().compile(architecture, nbytes)); });
}

// The CUDA half. The binary itself links only libtorch_cpu; code that needs CUDA's
// headers is in cuda/shim.cc, a library of its own that is opened here, after
// libtorch_cuda and before any other use of libtorch.
#include <dlfcn.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "cuda/shim.h"
#include "table.h"

using bcl::guard;

namespace {

const bcl_cuda_functions* shim = nullptr;

void* open_library(const char* path) {
  void* lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (lib == nullptr) throw std::runtime_error(dlerror());
  return lib;
}

const bcl_cuda_functions& functions() {
  if (shim == nullptr) throw std::runtime_error("CUDA is not open");
  return *shim;
}

// check throws an error of the shim, whose messages are malloc'ed too.
void check(char* error) {
  if (error == nullptr) return;
  std::string text = error;
  std::free(error);
  throw std::runtime_error(text);
}

}  // namespace

bt_error bt_cuda_open(const char* c10_cuda, const char* torch_cuda, const char* shim_path) {
  return guard([&] {
    if (shim != nullptr) return;
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
  return guard([&] { check(functions().device_count(n)); });
}

bt_error bt_cuda_device_name(int32_t device, char** out) {
  return guard([&] { check(functions().device_name(device, out)); });
}

bt_error bt_cuda_synchronize(int32_t device) {
  return guard([&] { check(functions().synchronize(device)); });
}

bt_error bt_cuda_empty_cache(void) {
  return guard([&] { check(functions().empty_cache()); });
}

bt_error bt_cuda_memory(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved) {
  return guard([&] { check(functions().memory(device, allocated, peak, reserved)); });
}

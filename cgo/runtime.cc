// State of the process: random generators, threads, numerics, versions.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>

#include "table.h"

using bcl::guard;

namespace {
at::Generator generator(int32_t device, int32_t index) {
  return at::globalContext().defaultGenerator(
      at::Device(static_cast<at::DeviceType>(device), static_cast<at::DeviceIndex>(index)));
}
}  // namespace

bt_error bt_manual_seed(uint64_t seed) {
  return guard([&] { at::manual_seed(seed); });
}

bt_error bt_rng_state(int32_t device, int32_t index, bt_tensor* out) {
  return guard([&] {
    at::Generator g = generator(device, index);
    std::lock_guard<std::mutex> lock(g.mutex());
    *out = bcl::put(g.get_state());
  });
}

bt_error bt_set_rng_state(int32_t device, int32_t index, bt_tensor state) {
  return guard([&] {
    at::Generator g = generator(device, index);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(bcl::need(state));
  });
}

namespace {
std::atomic<int32_t> wanted_threads{0};  // 0: libtorch's default
thread_local int32_t used_threads = 0;
}  // namespace

void bcl::use_threads() {
  const int32_t n = wanted_threads.load();
  if (n == used_threads) return;
  at::set_num_threads(n);
  used_threads = n;
}

bt_error bt_set_threads(int32_t n) {
  return guard([&] {
    if (n < 0) throw std::invalid_argument("expected at least 1 thread");
    if (n > 0) wanted_threads = n;
    bcl::use_threads();
  });
}

bt_error bt_threads(int32_t* n) {
  return guard([&] {
    bcl::use_threads();
    *n = at::get_num_threads();
  });
}

bt_error bt_set_deterministic(int32_t on) {
  return guard([&] { at::globalContext().setDeterministicAlgorithms(on != 0, /*warn_only=*/false); });
}

bt_error bt_set_tf32(int32_t on) {
  return guard([&] {
    at::globalContext().setAllowTF32CuBLAS(on != 0);
    at::globalContext().setAllowTF32CuDNN(on != 0);
  });
}

bt_error bt_set_cudnn_benchmark(int32_t on) {
  return guard([&] { at::globalContext().setBenchmarkCuDNN(on != 0); });
}

bt_error bt_set_cudnn_deterministic(int32_t on) {
  return guard([&] { at::globalContext().setDeterministicCuDNN(on != 0); });
}

bt_error bt_version(char** out) {
  return guard([&] { *out = bcl::message(TORCH_VERSION); });
}

bt_error bt_config(char** out) {
  return guard([&] { *out = bcl::message(at::show_config() + "\n" + at::get_parallel_info()); });
}

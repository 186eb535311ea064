// Gradients, and the thread-local modes of autograd. The Go side keeps code that uses
// these on one OS thread.
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "table.h"

using bcl::guard;
using bcl::need;

bt_error bt_requires_grad(bt_tensor t, int32_t on) {
  return guard([&] { need(t).requires_grad_(on != 0); });
}

bt_error bt_backward(bt_tensor t, bt_tensor grad, int32_t retain_graph) {
  return guard([&] { torch::autograd::backward({need(t)}, {bcl::get(grad)}, retain_graph != 0); });
}

bt_error bt_grad(bt_tensor output, const bt_tensor* inputs, int64_t n, int32_t retain_graph, int32_t create_graph, bt_tensor* out) {
  return guard([&] {
    torch::autograd::variable_list in;
    for (int64_t i = 0; i < n; i++) in.push_back(need(inputs[i]));
    const auto grads = torch::autograd::grad({need(output)}, in, {}, retain_graph != 0, create_graph != 0, /*allow_unused=*/true);
    for (int64_t i = 0; i < n; i++) out[i] = bcl::put(grads[i]);
  });
}

bt_error bt_grad_of(bt_tensor t, bt_tensor* out) {
  return guard([&] { *out = bcl::put(need(t).grad()); });
}

bt_error bt_set_grad_of(bt_tensor t, bt_tensor grad) {
  return guard([&] { need(t).mutable_grad() = bcl::get(grad); });
}

bt_error bt_grad_mode(int32_t on, int32_t* before) {
  return guard([&] {
    bcl::need_scope();  // else the goroutine may leave this thread with the mode set
    *before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(on != 0);
  });
}

// before holds enabled, dtype, cache-enabled, to be passed to bt_autocast_exit.
bt_error bt_autocast_enter(int32_t device, int32_t dtype, int32_t enabled, int32_t cache, int32_t* before) {
  return guard([&] {
    bcl::need_scope();
    const auto d = static_cast<at::DeviceType>(device);
    before[0] = at::autocast::is_autocast_enabled(d);
    before[1] = static_cast<int32_t>(at::autocast::get_autocast_dtype(d));
    before[2] = at::autocast::is_autocast_cache_enabled();
    at::autocast::set_autocast_enabled(d, enabled != 0);
    at::autocast::set_autocast_dtype(d, static_cast<at::ScalarType>(dtype));
    at::autocast::set_autocast_cache_enabled(cache != 0);
    at::autocast::increment_nesting();
  });
}

bt_error bt_autocast_exit(int32_t device, const int32_t* before) {
  return guard([&] {
    const auto d = static_cast<at::DeviceType>(device);
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(d, before[0] != 0);
    at::autocast::set_autocast_dtype(d, static_cast<at::ScalarType>(before[1]));
    at::autocast::set_autocast_cache_enabled(before[2] != 0);
  });
}

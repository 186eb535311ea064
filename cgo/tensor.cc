// Properties of tensors, and copying data in and out.
#include <ATen/core/Formatting.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "table.h"

using bcl::guard;
using bcl::need;

bt_error bt_tensor_new(const void* data, size_t nbytes, int32_t dtype, const int64_t* sizes, int64_t ndim, bt_tensor* out) {
  return guard([&] {
    // libtorch ends the process on an unknown number.
    if (dtype < 0 || dtype >= static_cast<int32_t>(at::ScalarType::Undefined))
      throw std::invalid_argument("unknown dtype " + std::to_string(dtype));
    at::Tensor t = at::empty(at::IntArrayRef(sizes, ndim), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (t.nbytes() != nbytes)
      throw std::invalid_argument("data has " + std::to_string(nbytes) + " bytes, the shape needs " + std::to_string(t.nbytes()));
    if (nbytes > 0) std::memcpy(t.data_ptr(), data, nbytes);
    *out = bcl::put(std::move(t));
  });
}

bt_error bt_tensor_read(bt_tensor h, void* dst, size_t nbytes) {
  return guard([&] {
    at::Tensor t = need(h).detach().to(at::kCPU).contiguous();
    if (t.nbytes() != nbytes)
      throw std::invalid_argument("tensor has " + std::to_string(t.nbytes()) + " bytes, the buffer has " + std::to_string(nbytes));
    if (nbytes > 0) std::memcpy(dst, t.const_data_ptr(), nbytes);
  });
}

// With non_blocking, src must be pinned and stay as it is until the device has read it.
bt_error bt_tensor_write(bt_tensor h, const void* src, size_t nbytes, int32_t non_blocking) {
  return guard([&] {
    const at::Tensor t = need(h);
    if (t.nbytes() != nbytes)
      throw std::invalid_argument("data has " + std::to_string(nbytes) + " bytes, the tensor " + std::to_string(t.nbytes()));
    t.copy_(at::from_blob(const_cast<void*>(src), t.sizes(), at::TensorOptions().dtype(t.scalar_type())), non_blocking != 0);
  });
}

// dst must be pinned, and has the elements once the device has come that far.
bt_error bt_tensor_read_later(bt_tensor h, void* dst, size_t nbytes) {
  return guard([&] {
    const at::Tensor t = need(h).detach();
    if (t.nbytes() != nbytes)
      throw std::invalid_argument("tensor has " + std::to_string(t.nbytes()) + " bytes, the buffer " + std::to_string(nbytes));
    at::from_blob(dst, t.sizes(), at::TensorOptions().dtype(t.scalar_type())).copy_(t, /*non_blocking=*/true);
  });
}

bt_error bt_tensor_info(bt_tensor h, int64_t* sizes, int64_t cap, int64_t* ndim, int32_t* dtype, int32_t* device, int32_t* index, int32_t* flags) {
  return guard([&] {
    const at::Tensor t = need(h);
    *ndim = t.dim();
    if (t.dim() > cap) throw std::length_error("tensor has " + std::to_string(t.dim()) + " dimensions");
    for (int64_t i = 0; i < t.dim(); i++) sizes[i] = t.size(i);
    *dtype = static_cast<int32_t>(t.scalar_type());
    *device = static_cast<int32_t>(t.device().type());
    *index = t.device().index();
    *flags = (t.requires_grad() ? BT_REQUIRES_GRAD : 0) | (t.is_leaf() ? BT_IS_LEAF : 0) | (t.is_contiguous() ? BT_IS_CONTIGUOUS : 0) |
             (t.dim() == 4 && t.is_contiguous(at::MemoryFormat::ChannelsLast) ? BT_IS_CHANNELS_LAST : 0);
  });
}

bt_error bt_tensor_strides(bt_tensor h, int64_t* strides, int64_t cap) {
  return guard([&] {
    const at::Tensor t = need(h);
    if (t.dim() > cap) throw std::length_error("tensor has " + std::to_string(t.dim()) + " dimensions");
    for (int64_t i = 0; i < t.dim(); i++) strides[i] = t.stride(i);
  });
}

bt_error bt_tensor_set_data(bt_tensor h, bt_tensor data) {
  return guard([&] { need(h).set_data(need(data)); });
}

bt_error bt_tensor_string(bt_tensor h, char** out) {
  return guard([&] {
    std::ostringstream s;
    s << need(h);
    *out = bcl::message(s.str());
  });
}

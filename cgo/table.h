// The table of tensors that bt_tensor numbers refer to. See table.cc.
#ifndef BCL_TABLE_H_
#define BCL_TABLE_H_

#include <ATen/core/Tensor.h>

#include <string>

#include "bcl_torch.h"

namespace bcl {

// put adds t to the innermost scope of this thread and returns its number; an undefined
// tensor is 0. It throws when no scope is open.
bt_tensor put(at::Tensor t);

// need_scope throws when no scope is open on this thread.
void need_scope();

// get returns the tensor named h, undefined for 0. It throws for a freed one.
at::Tensor get(bt_tensor h);

// need is get for an argument that must not be 0.
at::Tensor need(bt_tensor h);

// own makes the innermost scope of this thread the owner of something that is no tensor,
// which destroy frees at its end, and returns a number for it. owned returns it, and throws
// after its end.
int64_t own(void* object, void (*destroy)(void*));
void* owned(int64_t h);

// use_threads applies the number of threads set by bt_set_threads to this thread, since
// OpenMP keeps it per thread. See runtime.cc.
void use_threads();

// use_device makes the GPU set by bt_cuda_use_device the current one of this thread.
void use_device();

// message copies s into memory that the Go side frees.
char* message(const std::string& s);

// guard runs f and turns whatever it throws into the call's error.
bt_error caught();
template <typename F>
bt_error guard(F&& f) {
  try {
    f();
    return nullptr;
  } catch (...) {
    return caught();
  }
}

}  // namespace bcl
#endif

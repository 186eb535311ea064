// Package cgo is the only package of this module that calls C++: a small C ABI over
// libtorch (bcl_torch.h) and thin Go functions that call it. Use package torch instead,
// which gives these PyTorch's names. Package cgo/jpeg below it is libjpeg-turbo's door.
//
// Rules of the ABI:
//
//   - Errors are the result of the call that failed, with libtorch's message. There is
//     no "last error" to query later: by then the goroutine may run on another thread.
//     No C++ exception crosses.
//   - A tensor is a number that names a slot of a table in C++ (table.cc), never a
//     pointer. The number of a freed tensor is refused, not followed.
//   - Operators are called by their schema name through libtorch's dispatcher
//     (ops.cc), so one C function serves all of them.
//   - Go memory passed to C holds no Go pointers and is not kept after the call
//     ("Passing pointers", https://pkg.go.dev/cmd/cgo#hdr-Passing_pointers).
//   - Grad mode, autocast and scopes belong to an OS thread in libtorch and here.
//     torch.Do keeps a goroutine on its thread.
//
// The CUDA half is a library of its own (cuda/shim.cc), opened at run time, so
// that one binary runs with and without a GPU.
package cgo

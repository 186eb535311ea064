package cgo

// #include "bcl_torch.h"
import "C"

// Tensor names a tensor of libtorch; 0 is the undefined tensor.
type Tensor int64

// Scope names a scope of the thread that opened it.
type Scope int64

// OpenScope opens a scope on the calling OS thread; outer is the enclosing one, 0 if
// there is none.
func OpenScope() (s, outer Scope, err error) {
	err = result(C.bt_scope_open((*C.int64_t)(&s), (*C.int64_t)(&outer)))
	return s, outer, err
}

// Close frees every tensor that s still owns. Scopes close innermost first.
func (s Scope) Close() error { return result(C.bt_scope_close(C.int64_t(s))) }

// Keep makes s, an open scope of this thread, the owner of t.
func (s Scope) Keep(t Tensor) error {
	return result(C.bt_scope_keep(C.int64_t(s), C.bt_tensor(t)))
}

// Free frees t before its scope ends; a freed tensor is ignored.
func (t Tensor) Free() error { return result(C.bt_tensor_free(C.bt_tensor(t))) }

// LiveTensors counts the tensors in the table of this process.
func LiveTensors() int64 { return int64(C.bt_live_tensors()) }

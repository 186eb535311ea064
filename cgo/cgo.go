package cgo

/*
#cgo CXXFLAGS: -std=c++17 -O2 -Wall -I${SRCDIR} -I${SRCDIR}/../third_party/libtorch/include -I${SRCDIR}/../third_party/libtorch/include/torch/csrc/api/include
#cgo LDFLAGS: -L${SRCDIR}/../third_party/libtorch/lib -ltorch_cpu -lc10 -ldl -Wl,-rpath,${SRCDIR}/../third_party/libtorch/lib -Wl,-rpath,$ORIGIN/../third_party/libtorch/lib -Wl,-rpath,$ORIGIN/../lib
#include <stdlib.h>
#include "bcl_torch.h"
*/
import "C"

import (
	"errors"
	"unsafe"
)

// result turns the result of a call into a Go error and frees it.
func result(e C.bt_error) error {
	if e == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(e))
	return errors.New(C.GoString(e))
}

// text copies and frees the string that a call allocated.
func text(call func(out **C.char) C.bt_error) (string, error) {
	var s *C.char
	if err := result(call(&s)); err != nil {
		return "", err
	}
	defer C.free(unsafe.Pointer(s))
	return C.GoString(s), nil
}

func flag(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}

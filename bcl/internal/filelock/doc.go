// Package filelock locks open files against other processes. A lock ends with the
// process, however that ends, or when the last copy of the file is closed; child
// processes that inherit the open file hold it too.
//
// Where the system has no flock (Windows, WebAssembly) a lock is an error that wraps
// [errors.ErrUnsupported]: callers fail there rather than run without a lock.
package filelock

import "errors"

// ErrBusy is the error of [Try] when another process holds the lock.
var ErrBusy = errors.New("locked by another process")

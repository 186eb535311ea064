// Package filelock locks open files against other processes. A lock ends with the
// process, however that ends, or when the last copy of the file is closed; commands
// that were started with the file open hold it too.
//
// Where the system has no flock (Windows, WebAssembly) a lock is an error that wraps
// [errors.ErrUnsupported]: what needs one fails there rather than going without.
package filelock

import "errors"

// ErrBusy is the error of [Try] when another process holds the lock.
var ErrBusy = errors.New("locked by another process")

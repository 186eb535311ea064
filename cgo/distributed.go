package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

import (
	"time"
	"unsafe"
)

// Store names a client of a c10d TCPStore, which any thread may use until Free.
type Store int64

// NewTCPStore connects to the store at an address, which server makes this process serve. Keys
// begin with prefix.
func NewTCPStore(host string, port int, server bool, timeout time.Duration, prefix string) (Store, error) {
	h, p := C.CString(host), C.CString(prefix)
	defer C.free(unsafe.Pointer(h))
	defer C.free(unsafe.Pointer(p))
	var s C.int64_t
	err := result(C.bt_store_tcp(h, C.int32_t(port), flag(server), C.int64_t(timeout.Milliseconds()), p, &s))
	return Store(s), err
}

// Free closes the store; a server ends.
func (s Store) Free() error { return result(C.bt_store_free(C.int64_t(s))) }

// Set sets a key.
func (s Store) Set(key string, value []byte) error {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	return result(C.bt_store_set(C.int64_t(s), k, unsafe.Pointer(unsafe.SliceData(value)), C.size_t(len(value))))
}

// Get waits until a key is set, and returns its value. Meanwhile other calls of s wait too.
func (s Store) Get(key string, timeout time.Duration) ([]byte, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var value *C.char
	var n C.size_t
	if err := result(C.bt_store_get(C.int64_t(s), k, C.int64_t(timeout.Milliseconds()), &value, &n)); err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(value))
	return C.GoBytes(unsafe.Pointer(value), C.int(n)), nil
}

// Check reports whether a key is set.
func (s Store) Check(key string) (bool, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var there C.int32_t
	err := result(C.bt_store_check(C.int64_t(s), k, &there))
	return there != 0, err
}

// Add adds to the number of a key, 0 at first, and returns it.
func (s Store) Add(key string, by int64) (int64, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var v C.int64_t
	err := result(C.bt_store_add(C.int64_t(s), k, C.int64_t(by), &v))
	return int64(v), err
}

// Group names a process group, which any thread may use until Free.
type Group int64

// NewGloo makes a group of size processes, which meet in a store.
func NewGloo(s Store, rank, size int, timeout time.Duration) (Group, error) {
	var g C.int64_t
	err := result(C.bt_group_gloo(C.int64_t(s), C.int32_t(rank), C.int32_t(size), C.int64_t(timeout.Milliseconds()), &g))
	return Group(g), err
}

// NewNCCL is NewGloo for tensors of a GPU.
func NewNCCL(s Store, rank, size int, timeout time.Duration) (Group, error) {
	var g C.int64_t
	err := result(C.bt_group_nccl(C.int64_t(s), C.int32_t(rank), C.int32_t(size), C.int64_t(timeout.Milliseconds()), &g))
	return Group(g), err
}

// Free leaves the group.
func (g Group) Free() error { return result(C.bt_group_free(C.int64_t(g))) }

// Abort ends the collectives in progress with an error.
func (g Group) Abort() error { return result(C.bt_group_abort(C.int64_t(g))) }

// AllReduce combines t over the ranks, in place.
func (g Group) AllReduce(t Tensor, op int) error {
	return result(C.bt_all_reduce(C.int64_t(g), C.bt_tensor(t), C.int32_t(op)))
}

// AllGather sets out to the in of every rank.
func (g Group) AllGather(out, in Tensor) error {
	return result(C.bt_all_gather(C.int64_t(g), C.bt_tensor(out), C.bt_tensor(in)))
}

// ReduceScatter combines in over the ranks, and sets out to the part of this rank.
func (g Group) ReduceScatter(out, in Tensor, op int) error {
	return result(C.bt_reduce_scatter(C.int64_t(g), C.bt_tensor(out), C.bt_tensor(in), C.int32_t(op)))
}

// Broadcast sets t to that of root.
func (g Group) Broadcast(t Tensor, root int) error {
	return result(C.bt_broadcast(C.int64_t(g), C.bt_tensor(t), C.int32_t(root)))
}

// Barrier waits for all ranks.
func (g Group) Barrier() error { return result(C.bt_barrier(C.int64_t(g))) }

// Reducer sums gradients over the ranks of a group. It belongs to the scope that it is made in.
type Reducer int64

// NewReducer returns the reducer of the gradients of params.
func NewReducer(g Group, params []Tensor) (Reducer, error) {
	var r C.int64_t
	err := result(C.bt_reducer_new(C.int64_t(g), (*C.bt_tensor)(unsafe.Pointer(unsafe.SliceData(params))), C.int64_t(len(params)), &r))
	return Reducer(r), err
}

// Begin expects the gradients of a backward pass.
func (r Reducer) Begin() error { return result(C.bt_reducer_begin(C.int64_t(r))) }

// Finish waits for the sums, which are the gradients then.
func (r Reducer) Finish() error { return result(C.bt_reducer_finish(C.int64_t(r))) }

// Stop ends what Begin began, after a pass that failed.
func (r Reducer) Stop() error { return result(C.bt_reducer_stop(C.int64_t(r))) }

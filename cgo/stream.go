package cgo

// #include "bcl_torch.h"
import "C"

import "unsafe"

// Stream is a stream of libtorch's pool; 0 is the default stream of a device.
type Stream int64

// NewStream returns a stream of the pool.
func NewStream(device int) (Stream, error) {
	var s C.int64_t
	err := result(C.bt_stream_new(C.int32_t(device), &s))
	return Stream(s), err
}

// CurrentStream returns the current stream of the calling thread.
func CurrentStream(device int) (Stream, error) {
	var s C.int64_t
	err := result(C.bt_stream_current(C.int32_t(device), &s))
	return Stream(s), err
}

// Enter makes s the current stream of the calling thread.
func (s Stream) Enter(device int) error {
	return result(C.bt_stream_enter(C.int32_t(device), C.int64_t(s)))
}

// Wait makes later work of s wait for an event.
func (s Stream) Wait(device int, e Event) error {
	return result(C.bt_stream_wait(C.int32_t(device), C.int64_t(s), C.int64_t(e)))
}

// Synchronize waits for the work of s.
func (s Stream) Synchronize(device int) error {
	return result(C.bt_stream_synchronize(C.int32_t(device), C.int64_t(s)))
}

// Event names an event of the scope that NewEvent was called in.
type Event int64

// NewEvent returns an event that has happened.
func NewEvent() (Event, error) {
	var e C.int64_t
	err := result(C.bt_event_new(&e))
	return Event(e), err
}

// Record makes e happen when the work of a stream until now is done.
func (e Event) Record(device int, s Stream) error {
	return result(C.bt_event_record(C.int64_t(e), C.int32_t(device), C.int64_t(s)))
}

// Query reports whether e has happened.
func (e Event) Query() (bool, error) {
	var done C.int32_t
	err := result(C.bt_event_query(C.int64_t(e), &done))
	return done != 0, err
}

// Pinned returns zeroed pinned memory of the calling thread's innermost scope.
func Pinned(nbytes int) ([]byte, error) {
	var data unsafe.Pointer
	err := result(C.bt_cuda_pinned(C.size_t(nbytes), &data))
	return unsafe.Slice((*byte)(data), nbytes), err
}

// Pool names memory that graphs share.
type Pool [2]C.int64_t

// NewPool returns a new pool.
func NewPool() (p Pool, err error) {
	err = result(C.bt_graph_pool(&p[0]))
	return p, err
}

// Graph names a graph of the scope that NewGraph was called in.
type Graph int64

// NewGraph returns an empty graph.
func NewGraph() (Graph, error) {
	var g C.int64_t
	err := result(C.bt_graph_new(&g))
	return Graph(g), err
}

// Begin starts to capture the current stream of the calling thread, with memory of p.
func (g Graph) Begin(p Pool) error { return result(C.bt_graph_begin(C.int64_t(g), &p[0])) }

// End ends the capture.
func (g Graph) End() error { return result(C.bt_graph_end(C.int64_t(g))) }

// Replay launches what was captured on the current stream of the calling thread.
func (g Graph) Replay() error { return result(C.bt_graph_replay(C.int64_t(g))) }

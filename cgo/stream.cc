// Streams, events, graphs and pinned memory of CUDA. A stream is a number of libtorch's pool, which is never
// freed; the others belong to the innermost scope of the thread that made them.
#include "cuda.h"
#include "table.h"

using bcl::check;
using bcl::cuda;
using bcl::guard;
using bcl::owned;

bt_error bt_stream_new(int32_t device, int64_t* stream) {
  return guard([&] { check(cuda().stream_new(device, stream)); });
}

bt_error bt_stream_current(int32_t device, int64_t* stream) {
  return guard([&] {
    bcl::need_scope();  // else the goroutine may leave this thread
    check(cuda().stream_current(device, stream));
  });
}

bt_error bt_stream_enter(int32_t device, int64_t stream) {
  return guard([&] {
    bcl::need_scope();
    check(cuda().stream_enter(device, stream));
  });
}

bt_error bt_stream_wait(int32_t device, int64_t stream, int64_t event) {
  return guard([&] { check(cuda().stream_wait(device, stream, owned(event))); });
}

bt_error bt_stream_synchronize(int32_t device, int64_t stream) {
  return guard([&] { check(cuda().stream_synchronize(device, stream)); });
}

bt_error bt_event_new(int64_t* event) {
  return guard([&] {
    bcl::need_scope();
    void* e = nullptr;
    check(cuda().event_new(&e));
    *event = bcl::own(e, cuda().event_free);
  });
}

bt_error bt_event_record(int64_t event, int32_t device, int64_t stream) {
  return guard([&] { check(cuda().event_record(owned(event), device, stream)); });
}

bt_error bt_event_query(int64_t event, int32_t* done) {
  return guard([&] { check(cuda().event_query(owned(event), done)); });
}

bt_error bt_graph_pool(int64_t pool[2]) {
  return guard([&] { check(cuda().graph_pool(pool)); });
}

bt_error bt_graph_new(int64_t* graph) {
  return guard([&] {
    bcl::need_scope();
    void* g = nullptr;
    check(cuda().graph_new(&g));
    *graph = bcl::own(g, cuda().graph_free);
  });
}

bt_error bt_graph_begin(int64_t graph, const int64_t pool[2]) {
  return guard([&] { check(cuda().graph_begin(owned(graph), pool)); });
}

bt_error bt_graph_end(int64_t graph) {
  return guard([&] { check(cuda().graph_end(owned(graph))); });
}

bt_error bt_graph_replay(int64_t graph) {
  return guard([&] { check(cuda().graph_replay(owned(graph))); });
}

bt_error bt_cuda_pinned(size_t nbytes, void** data) {
  return guard([&] {
    bcl::need_scope();
    check(cuda().pinned_new(nbytes, data));
    bcl::own(*data, cuda().pinned_free);
  });
}

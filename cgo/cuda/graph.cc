// Graphs: what one stream does, captured and replayed.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>

#include "parts.h"

namespace {

using at::cuda::CUDAGraph;

// Graph is a graph with what a capture that fails has to undo.
struct Graph {
  CUDAGraph graph;
  c10::MempoolId_t pool{0, 0};
  c10::DeviceIndex device = -1;
};

Graph& graph_of(void* g) { return *static_cast<Graph*>(g); }

}  // namespace

char* bcl_cuda::graph_pool(int64_t* pool) {
  return guarded([&] {
    const c10::MempoolId_t id = at::cuda::graph_pool_handle();
    pool[0] = static_cast<int64_t>(id.first);
    pool[1] = static_cast<int64_t>(id.second);
  });
}

char* bcl_cuda::graph_new(void** graph) {
  return guarded([&] { *graph = new Graph; });
}

void bcl_cuda::graph_free(void* graph) { delete static_cast<Graph*>(graph); }

// Only calls of this thread are checked for what a capture forbids: other threads may copy and
// allocate meanwhile.
char* bcl_cuda::graph_begin(void* graph, const int64_t* pool) {
  return guarded([&] {
    Graph& g = graph_of(graph);
    g.pool = {static_cast<c10::CaptureId_t>(pool[0]), static_cast<c10::CaptureId_t>(pool[1])};
    g.device = c10::cuda::current_device();
    g.graph.capture_begin(g.pool, cudaStreamCaptureModeThreadLocal);
  });
}

char* bcl_cuda::graph_end(void* graph) {
  Graph& g = graph_of(graph);
  char* error = guarded([&] { g.graph.capture_end(); });
  if (error != nullptr) {
    // libtorch leaves its allocator in the capture that failed, and the memory with it.
    std::free(guarded([&] { c10::cuda::CUDACachingAllocator::endAllocateToPool(g.device, g.pool); }));
    std::free(guarded([&] { c10::cuda::CUDACachingAllocator::releasePool(g.device, g.pool); }));
    cudaGetLastError();
  }
  return error;
}

char* bcl_cuda::graph_replay(void* graph) {
  return guarded([&] { graph_of(graph).graph.replay(); });
}

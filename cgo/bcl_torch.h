// The C ABI between Go and libtorch. Rules of this folder:
//
//   - Every function returns NULL or a malloc'ed message that the caller frees;
//     results come through out-parameters. No C++ exception leaves a function.
//   - A tensor is a number (bt_tensor) that names a slot of a table on the C++
//     side; 0 is "no tensor". A number whose slot was freed is recognised and
//     refused, never followed.
//   - Each new tensor belongs to the innermost scope open on the calling OS
//     thread and is freed with it.
#ifndef BCL_TORCH_H_
#define BCL_TORCH_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int64_t bt_tensor;
typedef char* bt_error;

// Tags of the 64-bit words that carry the arguments and results of an operator: a tag,
// then the words in its comment.
enum bt_tag {
  BT_NONE,
  BT_TENSOR,   // number
  BT_INT,      // value
  BT_DOUBLE,   // bits
  BT_BOOL,     // 0 or 1
  BT_INTS,     // n, values
  BT_TENSORS,  // n, numbers, 0 for None in a Tensor?[]
  BT_DOUBLES,  // n, bits
  BT_BOOLS,    // n, values
  BT_STRING,   // n bytes, the bytes padded to words
  BT_DEVICE,   // type, index
  BT_DEFAULT,  // the schema's default value
};

// Flags of bt_tensor_info.
enum bt_flag {
  BT_REQUIRES_GRAD = 1,
  BT_IS_LEAF = 2,
  BT_IS_CONTIGUOUS = 4,
  BT_IS_CHANNELS_LAST = 8,
};

// table.cc: tensors and scopes.
bt_error bt_scope_open(int64_t* scope, int64_t* outer);  // outer: the enclosing one, 0 if there is none
bt_error bt_scope_close(int64_t scope);
bt_error bt_scope_keep(int64_t scope, bt_tensor t);
bt_error bt_tensor_free(bt_tensor t);
int64_t bt_live_tensors(void);

// ops.cc: any operator of libtorch, by its schema name.
bt_error bt_op_find(const char* name, const char* overload, void** op);
bt_error bt_op_call(void* op, const int64_t* args, int64_t nargs, int64_t* out, int64_t cap, int64_t* nout);

// tensor.cc: properties and data.
bt_error bt_tensor_new(const void* data, size_t nbytes, int32_t dtype, const int64_t* sizes, int64_t ndim, bt_tensor* out);
bt_error bt_tensor_read(bt_tensor t, void* dst, size_t nbytes);
bt_error bt_tensor_write(bt_tensor t, const void* src, size_t nbytes, int32_t non_blocking);
bt_error bt_tensor_read_later(bt_tensor t, void* dst, size_t nbytes);
bt_error bt_tensor_info(bt_tensor t, int64_t* sizes, int64_t cap, int64_t* ndim, int32_t* dtype, int32_t* device, int32_t* index, int32_t* flags);
bt_error bt_tensor_strides(bt_tensor t, int64_t* strides, int64_t cap);
bt_error bt_tensor_set_data(bt_tensor t, bt_tensor data);
bt_error bt_tensor_string(bt_tensor t, char** out);

// autograd.cc
bt_error bt_requires_grad(bt_tensor t, int32_t on);
bt_error bt_backward(bt_tensor t, bt_tensor grad, int32_t retain_graph);
bt_error bt_grad(bt_tensor output, const bt_tensor* inputs, int64_t n, int32_t retain_graph, int32_t create_graph, bt_tensor* out);
bt_error bt_grad_of(bt_tensor t, bt_tensor* out);
bt_error bt_set_grad_of(bt_tensor t, bt_tensor grad);
bt_error bt_grad_mode(int32_t on, int32_t* before);
bt_error bt_autocast_enter(int32_t device, int32_t dtype, int32_t enabled, int32_t cache, int32_t* before);
bt_error bt_autocast_exit(int32_t device, const int32_t* before);

// runtime.cc: random generators, threads, devices, numerics.
bt_error bt_manual_seed(uint64_t seed);
bt_error bt_rng_state(int32_t device, int32_t index, bt_tensor* out);
bt_error bt_set_rng_state(int32_t device, int32_t index, bt_tensor state);
bt_error bt_set_threads(int32_t n);
bt_error bt_threads(int32_t* n);
bt_error bt_set_deterministic(int32_t on);
bt_error bt_set_tf32(int32_t on);
bt_error bt_set_cudnn_benchmark(int32_t on);
bt_error bt_set_cudnn_deterministic(int32_t on);
bt_error bt_version(char** out);
bt_error bt_config(char** out);

// cuda.cc: the CUDA half, opened at run time.
bt_error bt_cuda_open(const char* c10_cuda, const char* torch_cuda, const char* shim);
bt_error bt_cuda_device_count(int32_t* n);
bt_error bt_cuda_device_name(int32_t device, char** out);
bt_error bt_cuda_capability(int32_t device, int32_t* major, int32_t* minor);
bt_error bt_cuda_hooks(void);  // an error if libtorch was used before CUDA was opened
bt_error bt_cuda_use_device(int32_t device);  // of every thread from its next scope on
bt_error bt_cuda_synchronize(int32_t device);
bt_error bt_cuda_empty_cache(void);
bt_error bt_cuda_memory(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved);
bt_error bt_cuda_compile(const char* architecture, int64_t* nbytes);  // our own kernels; without a device

// stream.cc: streams, by their number in libtorch's pool; events and graphs, by a number that
// the innermost scope owns; pinned memory.
bt_error bt_stream_new(int32_t device, int64_t* stream);
bt_error bt_stream_current(int32_t device, int64_t* stream);  // of this thread
bt_error bt_stream_enter(int32_t device, int64_t stream);
bt_error bt_stream_wait(int32_t device, int64_t stream, int64_t event);
bt_error bt_stream_synchronize(int32_t device, int64_t stream);
bt_error bt_event_new(int64_t* event);
bt_error bt_event_record(int64_t event, int32_t device, int64_t stream);
bt_error bt_event_query(int64_t event, int32_t* done);
bt_error bt_graph_pool(int64_t pool[2]);
bt_error bt_graph_new(int64_t* graph);
bt_error bt_graph_begin(int64_t graph, const int64_t pool[2]);  // captures this thread's current stream
bt_error bt_graph_end(int64_t graph);
bt_error bt_graph_replay(int64_t graph);
bt_error bt_cuda_pinned(size_t nbytes, void** data);  // of the innermost scope

// distributed.cc: c10d's stores and process groups, by numbers that live until they are freed.
// A collective waits for its end. Operators: 0 sum, 1 avg, 2 product, 3 min, 4 max.
bt_error bt_store_tcp(const char* host, int32_t port, int32_t server, int64_t timeout_ms, const char* prefix, int64_t* store);
bt_error bt_store_free(int64_t store);
bt_error bt_store_set(int64_t store, const char* key, const void* data, size_t nbytes);
bt_error bt_store_get(int64_t store, const char* key, int64_t timeout_ms, char** out, size_t* nbytes);
bt_error bt_store_check(int64_t store, const char* key, int32_t* there);
bt_error bt_store_add(int64_t store, const char* key, int64_t by, int64_t* value);
bt_error bt_group_gloo(int64_t store, int32_t rank, int32_t size, int64_t timeout_ms, int64_t* group);
bt_error bt_group_nccl(int64_t store, int32_t rank, int32_t size, int64_t timeout_ms, int64_t* group);
bt_error bt_group_free(int64_t group);
bt_error bt_group_abort(int64_t group);
bt_error bt_all_reduce(int64_t group, bt_tensor t, int32_t op);
bt_error bt_all_gather(int64_t group, bt_tensor out, bt_tensor in);
bt_error bt_reduce_scatter(int64_t group, bt_tensor out, bt_tensor in, int32_t op);
bt_error bt_broadcast(int64_t group, bt_tensor t, int32_t root);
bt_error bt_barrier(int64_t group);

// reducer.cc: gradients summed over the ranks during the backward pass; of the innermost scope.
bt_error bt_reducer_new(int64_t group, const bt_tensor* params, int64_t n, int64_t* reducer);
bt_error bt_reducer_begin(int64_t reducer);
bt_error bt_reducer_finish(int64_t reducer);
bt_error bt_reducer_stop(int64_t reducer);

#ifdef __cplusplus
}
#endif
#endif

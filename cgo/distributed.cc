// Process groups: c10d's stores, its Gloo for CPU tensors, and NCCL of the CUDA half. Stores
// and groups belong to no scope, since several threads use them: they live until they are freed.
#define USE_C10D_GLOO
#define USE_DISTRIBUTED
#include "distributed.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/library.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "cuda.h"
#include "table.h"

using bcl::guard;
using bcl::need;

namespace {

std::mutex mu;  // guards what follows
std::map<int64_t, c10::intrusive_ptr<c10d::Store>> stores;
std::map<int64_t, std::shared_ptr<bcl::Group>> groups;
int64_t next_number = 1;

template <typename T>
int64_t keep(std::map<int64_t, T>& in, T object) {
  std::lock_guard<std::mutex> lock(mu);
  in.emplace(next_number, std::move(object));
  return next_number++;
}

template <typename T>
T find(std::map<int64_t, T>& in, int64_t number, const char* what) {
  std::lock_guard<std::mutex> lock(mu);
  const auto at = in.find(number);
  if (at == in.end()) throw std::invalid_argument(std::string(what) + " used after it was closed");
  return at->second;
}

// drop takes an object out of the map; its destructor, which may wait for threads, runs outside
// of the lock.
template <typename T>
void drop(std::map<int64_t, T>& in, int64_t number) {
  T dead;
  std::lock_guard<std::mutex> lock(mu);
  const auto at = in.find(number);
  if (at == in.end()) return;
  dead = std::move(at->second);
  in.erase(at);
}

c10::intrusive_ptr<c10d::Store> store(int64_t number) { return find(stores, number, "store"); }

std::chrono::milliseconds ms(int64_t n) { return std::chrono::milliseconds(n); }

}  // namespace

std::shared_ptr<bcl::Group> bcl::group(int64_t number) { return find(groups, number, "process group"); }

// Gloo's collectives in progress cannot be interrupted, but who waits for one can.
void bcl::Group::wait(c10d::Work& work) {
  if (backend->getBackendName() != "gloo") {
    work.wait();
    return;
  }
  for (;;) {
    try {
      work.wait(ms(100));
      return;
    } catch (...) {
      if (work.isCompleted()) {
        work.wait();
        return;
      }
    }
    if (aborted) throw std::runtime_error("the process group was aborted");
  }
}

at::Tensor bcl::Group::gather(const at::Tensor& x) {
  std::vector<int64_t> sizes = x.sizes().vec();
  sizes.at(0) *= backend->getSize();
  at::Tensor all = at::empty(sizes, x.options().requires_grad(false).memory_format(at::MemoryFormat::Contiguous)), mine = x.contiguous();
  wait(*backend->_allgather_base(all, mine));
  return all;
}

bt_error bt_store_tcp(const char* host, int32_t port, int32_t server, int64_t timeout_ms, const char* prefix, int64_t* out) {
  return guard([&] {
    c10d::TCPStoreOptions o;
    o.port = static_cast<uint16_t>(port);
    o.isServer = server != 0;
    o.waitWorkers = false;
    o.timeout = ms(timeout_ms);
    c10::intrusive_ptr<c10d::Store> s = c10::make_intrusive<c10d::TCPStore>(std::string(host), o);
    *out = keep(stores, c10::intrusive_ptr<c10d::Store>(c10::make_intrusive<c10d::PrefixStore>(std::string(prefix), std::move(s))));
  });
}

bt_error bt_store_free(int64_t s) {
  return guard([&] { drop(stores, s); });
}

bt_error bt_store_set(int64_t s, const char* key, const void* data, size_t nbytes) {
  return guard([&] {
    const auto* bytes = static_cast<const uint8_t*>(data);
    store(s)->set(key, std::vector<uint8_t>(bytes, bytes + nbytes));
  });
}

bt_error bt_store_get(int64_t s, const char* key, int64_t timeout_ms, char** out, size_t* nbytes) {
  return guard([&] {
    const auto at = store(s);
    if (timeout_ms > 0) at->wait({key}, ms(timeout_ms));
    const std::vector<uint8_t> value = at->get(key);
    *nbytes = value.size();
    *out = static_cast<char*>(std::malloc(value.size() + 1));
    if (*out == nullptr) throw std::bad_alloc();
    std::memcpy(*out, value.data(), value.size());
  });
}

bt_error bt_store_check(int64_t s, const char* key, int32_t* there) {
  return guard([&] { *there = store(s)->check({key}); });
}

bt_error bt_store_add(int64_t s, const char* key, int64_t by, int64_t* value) {
  return guard([&] { *value = store(s)->add(key, by); });
}

bt_error bt_group_gloo(int64_t s, int32_t rank, int32_t size, int64_t timeout_ms, int64_t* out) {
  return guard([&] {
    auto options = c10d::ProcessGroupGloo::Options::create_default(ms(timeout_ms));
    auto g = std::make_shared<bcl::Group>();
    g->backend = c10::make_intrusive<c10d::ProcessGroupGloo>(store(s), rank, size, options);
    *out = keep(groups, std::move(g));
  });
}

bt_error bt_group_nccl(int64_t s, int32_t rank, int32_t size, int64_t timeout_ms, int64_t* out) {
  return guard([&] {
    // The CUDA half makes the group in the libtorch that both share.
    const c10::intrusive_ptr<c10d::Store> at = store(s);
    void* made = nullptr;
    bcl::check(bcl::cuda().nccl_new(at.get(), rank, size, timeout_ms, &made));
    auto g = std::make_shared<bcl::Group>();
    g->backend = c10::intrusive_ptr<c10d::Backend>::reclaim(static_cast<c10d::Backend*>(made));
    *out = keep(groups, std::move(g));
  });
}

bt_error bt_group_free(int64_t g) {
  return guard([&] { drop(groups, g); });
}

bt_error bt_group_abort(int64_t g) {
  return guard([&] {
    const auto group = bcl::group(g);
    group->aborted = true;
    group->backend->abort();
  });
}

bt_error bt_all_reduce(int64_t g, bt_tensor t, int32_t op) {
  return guard([&] {
    c10d::AllreduceOptions o;
    o.reduceOp = static_cast<c10d::ReduceOp::RedOpType>(op);
    std::vector<at::Tensor> list{need(t)};
    const auto group = bcl::group(g);
    group->wait(*group->backend->allreduce(list, o));
  });
}

bt_error bt_all_gather(int64_t g, bt_tensor out, bt_tensor in) {
  return guard([&] {
    at::Tensor to = need(out), from = need(in);
    const auto group = bcl::group(g);
    group->wait(*group->backend->_allgather_base(to, from));
  });
}

bt_error bt_reduce_scatter(int64_t g, bt_tensor out, bt_tensor in, int32_t op) {
  return guard([&] {
    c10d::ReduceScatterOptions o;
    o.reduceOp = static_cast<c10d::ReduceOp::RedOpType>(op);
    at::Tensor to = need(out), from = need(in);
    const auto group = bcl::group(g);
    group->wait(*group->backend->_reduce_scatter_base(to, from, o));
  });
}

bt_error bt_broadcast(int64_t g, bt_tensor t, int32_t root) {
  return guard([&] {
    c10d::BroadcastOptions o;
    o.rootRank = root;
    std::vector<at::Tensor> list{need(t)};
    const auto group = bcl::group(g);
    group->wait(*group->backend->broadcast(list, o));
  });
}

bt_error bt_barrier(int64_t g) {
  return guard([&] {
    const auto group = bcl::group(g);
    group->wait(*group->backend->barrier());
  });
}

namespace {

// Rows is the gather of rows of which ranks have different numbers. Its gradient is that of the
// rank's own rows: each rank computes the same function of all rows.
struct Rows : torch::autograd::Function<Rows> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x, int64_t number, at::IntArrayRef rows) {
    const auto g = bcl::group(number);
    const int64_t rank = g->backend->getRank(), size = g->backend->getSize();
    TORCH_CHECK(static_cast<int64_t>(rows.size()) == size && rows[rank] == x.size(0), "all_gather_rows: ", x.size(0),
                " rows, which is not what this rank is said to have");
    const int64_t most = *std::max_element(rows.begin(), rows.end());
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes[0] = most - x.size(0);
    const at::Tensor mine = sizes[0] == 0 ? x : at::cat({x, at::zeros(sizes, x.options())});
    const at::Tensor all = g->gather(mine);
    ctx->saved_data["first"] = std::accumulate(rows.begin(), rows.begin() + rank, int64_t{0});
    ctx->saved_data["rows"] = rows[rank];
    std::vector<at::Tensor> parts;
    for (int64_t r = 0; r < size; r++) parts.push_back(all.narrow(0, r * most, rows[r]));
    return at::cat(parts);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
    const at::Tensor mine = grads[0].narrow(0, ctx->saved_data["first"].toInt(), ctx->saved_data["rows"].toInt());
    return {mine.contiguous(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

TORCH_LIBRARY_FRAGMENT(bcl, m) {
  m.def("all_gather_rows(Tensor input, int group, int[] rows) -> Tensor",
        [](const at::Tensor& x, int64_t g, at::IntArrayRef rows) { return Rows::apply(x, g, rows); });
}

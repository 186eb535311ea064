// Sums of gradients over the ranks, in buckets, while the backward pass goes on (Li et al. 2020,
// arXiv 2006.15704, section 3.2). c10d's own Reducer arranges its buckets anew after the first
// step, by the order in which gradients came; a resumed run would then add the numbers of three
// ranks or more in another order. These buckets follow the parameters, last first, always.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "distributed.h"
#include "table.h"

using bcl::guard;

namespace {

using torch::autograd::variable_list;

constexpr int64_t kFirst = 1 << 20;    // bytes of the first bucket, small to begin early, and
constexpr int64_t kLargest = 25 << 20; // of the others, as in DistributedDataParallel

struct Bucket {
  at::Tensor flat;
  int64_t missing = 0;  // gradients
  c10::intrusive_ptr<c10d::Work> work;
};

struct Part {
  at::Tensor param, room;  // the part of the bucket that has its gradient
  size_t bucket;
  bool ready = false;
  std::shared_ptr<torch::autograd::Node> accumulator;  // which its tensor holds weakly
  uintptr_t hook = 0;
};

class Reducer {
 public:
  Reducer(std::shared_ptr<bcl::Group> group, const std::vector<at::Tensor>& params) : group_(std::move(group)) {
    parts_.resize(params.size());
    std::vector<std::vector<size_t>> members;
    int64_t bytes = 0;
    for (size_t i = params.size(); i-- > 0;) {
      const int64_t more = static_cast<int64_t>(params[i].nbytes());
      const bool full = bytes + more > (members.size() == 1 ? kFirst : kLargest);
      if (members.empty() || full || params[i].scalar_type() != params[members.back()[0]].scalar_type()) {
        members.emplace_back();
        bytes = 0;
      }
      members.back().push_back(i);
      bytes += more;
    }
    for (size_t b = 0; b < members.size(); b++) {
      int64_t n = 0;
      for (size_t i : members[b]) n += params[i].numel();
      Bucket bucket;
      bucket.flat = at::zeros({n}, params[members[b][0]].options().requires_grad(false));
      n = 0;
      for (size_t i : members[b]) {
        TORCH_CHECK(params[i].is_non_overlapping_and_dense(), "the elements of a parameter must be next to each other");
        parts_[i].param = params[i];
        parts_[i].bucket = b;
        parts_[i].room = bucket.flat.as_strided(params[i].sizes(), params[i].strides(), n);
        n += params[i].numel();
      }
      buckets_.push_back(std::move(bucket));
    }
    for (size_t i = 0; i < parts_.size(); i++) {
      parts_[i].accumulator = torch::autograd::impl::grad_accumulator(parts_[i].param);
      parts_[i].hook = parts_[i].accumulator->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
          [this, i](const variable_list& out, const variable_list&) {
            ready(i);
            return out;
          }));
    }
  }

  ~Reducer() {
    for (Part& p : parts_) p.accumulator->del_post_hook(p.hook);
  }

  // begin expects the gradients of one backward pass.
  void begin() {
    std::lock_guard<std::mutex> lock(mu_);
    for (Bucket& b : buckets_) {
      b.missing = 0;
      b.work.reset();
    }
    for (Part& p : parts_) {
      p.ready = false;
      buckets_[p.bucket].missing++;
    }
    next_ = 0;
    active_ = true;
  }

  // finish waits for the sums and makes them the gradients. A parameter without a gradient here
  // gets that of the other ranks.
  void finish() {
    {
      std::lock_guard<std::mutex> lock(mu_);
      if (!active_) throw std::logic_error("finish without begin");
      active_ = false;
      for (Part& p : parts_) {
        if (!p.ready) p.room.zero_();
      }
      for (Bucket& b : buckets_) b.missing = 0;
      launch();
    }
    for (Bucket& b : buckets_) group_->wait(*b.work);
    for (Part& p : parts_) p.param.mutable_grad() = p.room;
  }

  // stop expects none any more, after a pass that failed.
  void stop() {
    std::lock_guard<std::mutex> lock(mu_);
    active_ = false;
  }

 private:
  // ready is called, on a thread of autograd, when a gradient is there.
  void ready(size_t i) {
    std::lock_guard<std::mutex> lock(mu_);
    Part& p = parts_[i];
    if (!active_ || p.ready) return;
    at::NoGradGuard no_grad;
    p.room.copy_(p.param.grad());
    p.ready = true;
    buckets_[p.bucket].missing--;
    launch();
  }

  // launch begins the sums of complete buckets, in the same order on every rank.
  void launch() {
    for (; next_ < buckets_.size() && buckets_[next_].missing == 0; next_++) {
      std::vector<at::Tensor> list{buckets_[next_].flat};
      buckets_[next_].work = group_->backend->allreduce(list);
    }
  }

  std::mutex mu_;
  std::shared_ptr<bcl::Group> group_;
  std::vector<Bucket> buckets_;
  std::vector<Part> parts_;
  size_t next_ = 0;  // bucket to be launched
  bool active_ = false;
};

Reducer& reducer(int64_t number) { return *static_cast<Reducer*>(bcl::owned(number)); }

}  // namespace

bt_error bt_reducer_new(int64_t group, const bt_tensor* params, int64_t n, int64_t* out) {
  return guard([&] {
    std::vector<at::Tensor> list;
    for (int64_t i = 0; i < n; i++) list.push_back(bcl::need(params[i]));
    auto made = std::make_unique<Reducer>(bcl::group(group), list);
    *out = bcl::own(made.get(), [](void* r) { delete static_cast<Reducer*>(r); });
    made.release();
  });
}

bt_error bt_reducer_begin(int64_t r) {
  return guard([&] { reducer(r).begin(); });
}

bt_error bt_reducer_finish(int64_t r) {
  return guard([&] { reducer(r).finish(); });
}

bt_error bt_reducer_stop(int64_t r) {
  return guard([&] { reducer(r).stop(); });
}

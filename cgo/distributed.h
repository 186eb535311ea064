// Process groups, for the files that call collectives. See distributed.cc.
#ifndef BCL_DISTRIBUTED_H_
#define BCL_DISTRIBUTED_H_

#include <ATen/core/Tensor.h>
#include <torch/csrc/distributed/c10d/Backend.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace bcl {

// Group is a process group.
struct Group {
  c10::intrusive_ptr<c10d::Backend> backend;
  std::atomic<bool> aborted{false};

  // wait waits for a collective, for one of a GPU on its stream.
  void wait(c10d::Work& work);

  // gather returns the x of every rank, equal in shape and type, one below another in the order
  // of the ranks.
  at::Tensor gather(const at::Tensor& x);
};

// group returns the group of a number, and throws after it was freed.
std::shared_ptr<Group> group(int64_t number);

}  // namespace bcl
#endif

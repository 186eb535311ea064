// What ProcessGroupGloo.hpp names of Gloo. libtorch_cpu contains Gloo, but the wheel lacks its
// headers. These are declarations of this project's own: no layout of Gloo's is relied on, since
// its objects are made and used inside libtorch only.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds);
};

namespace transport {
class UnboundBuffer;
}

}  // namespace gloo

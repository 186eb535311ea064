#include "table.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bcl {
namespace {

// One tensor. A number is generation << 32 | index, so that a number used after its scope
// meets another generation and is refused.
struct Slot {
  at::Tensor tensor;
  uint32_t generation = 1;
  int64_t scope = 0;  // the scope that frees it
};

std::mutex mu;  // guards everything below except the thread's own scopes
std::vector<Slot> slots(1);  // slot 0 is never used: number 0 is "no tensor"
std::vector<uint32_t> free_slots;
int64_t live = 0;
int64_t next_scope = 1;

struct Object {
  int64_t number;
  void* object;
  void (*destroy)(void*);
};
std::unordered_map<int64_t, void*> objects;
int64_t next_object = 1;

struct Scope {
  int64_t id;
  std::vector<bt_tensor> tensors;  // some may have moved to another scope since
  std::vector<Object> objects;
};
thread_local std::vector<Scope> scopes;

Slot* find(bt_tensor h) {
  const auto index = static_cast<uint32_t>(h);
  if (index == 0 || index >= slots.size()) return nullptr;
  Slot& s = slots[index];
  return s.generation == static_cast<uint32_t>(h >> 32) && s.scope != 0 ? &s : nullptr;
}

Slot& find_or_throw(bt_tensor h) {
  Slot* s = find(h);
  if (s == nullptr) throw std::invalid_argument("tensor used after the end of the scope that owned it");
  return *s;
}

// release empties a slot and returns its tensor, to be destroyed outside the lock.
at::Tensor release(Slot& s, uint32_t index) {
  at::Tensor t = std::move(s.tensor);
  s.tensor = at::Tensor();
  s.scope = 0;
  s.generation = (s.generation + 1) & 0x7fffffff;  // numbers stay positive
  free_slots.push_back(index);
  live--;
  return t;
}

}  // namespace

void need_scope() {
  if (scopes.empty())
    throw std::logic_error("no open scope on this thread: call tensor code inside torch.Do");
}

bt_tensor put(at::Tensor t) {
  if (!t.defined()) return 0;
  need_scope();
  Scope& scope = scopes.back();
  bt_tensor h;
  {
    std::lock_guard<std::mutex> lock(mu);
    uint32_t index;
    if (free_slots.empty()) {
      index = static_cast<uint32_t>(slots.size());
      slots.emplace_back();
    } else {
      index = free_slots.back();
      free_slots.pop_back();
    }
    Slot& s = slots[index];
    s.tensor = std::move(t);
    s.scope = scope.id;
    live++;
    h = static_cast<int64_t>(s.generation) << 32 | index;
  }
  scope.tensors.push_back(h);
  return h;
}

at::Tensor get(bt_tensor h) {
  if (h == 0) return at::Tensor();
  std::lock_guard<std::mutex> lock(mu);
  return find_or_throw(h).tensor;
}

at::Tensor need(bt_tensor h) {
  if (h == 0) throw std::invalid_argument("undefined tensor (the zero Tensor), expected a defined one");
  return get(h);
}

int64_t own(void* object, void (*destroy)(void*)) {
  need_scope();
  std::lock_guard<std::mutex> lock(mu);
  const int64_t h = next_object++;
  objects[h] = object;
  scopes.back().objects.push_back({h, object, destroy});
  return h;
}

void* owned(int64_t h) {
  std::lock_guard<std::mutex> lock(mu);
  const auto at = objects.find(h);
  if (at == objects.end()) throw std::invalid_argument("used after the end of the scope that owned it");
  return at->second;
}

char* message(const std::string& s) {
  char* m = static_cast<char*>(std::malloc(s.size() + 1));
  if (m != nullptr) std::memcpy(m, s.c_str(), s.size() + 1);
  return m;
}

bt_error caught() {
  try {
    throw;
  } catch (const c10::Error& e) {
    return message(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return message(e.what());
  } catch (...) {
    return message("libtorch threw something that is not a std::exception");
  }
}

}  // namespace bcl

using bcl::guard;

bt_error bt_scope_open(int64_t* scope, int64_t* outer) {
  return guard([&] {
    bcl::use_threads();
    bcl::use_device();
    *outer = bcl::scopes.empty() ? 0 : bcl::scopes.back().id;
    {
      std::lock_guard<std::mutex> lock(bcl::mu);
      *scope = bcl::next_scope++;
    }
    bcl::scopes.push_back({*scope, {}, {}});
  });
}

bt_error bt_scope_close(int64_t scope) {
  return guard([&] {
    if (bcl::scopes.empty() || bcl::scopes.back().id != scope)
      throw std::logic_error("scopes must be closed innermost first, on the thread that opened them");
    std::vector<bt_tensor> tensors = std::move(bcl::scopes.back().tensors);
    const std::vector<bcl::Object> objects = std::move(bcl::scopes.back().objects);
    bcl::scopes.pop_back();
    std::vector<at::Tensor> dead;
    dead.reserve(tensors.size());
    {
      std::lock_guard<std::mutex> lock(bcl::mu);
      for (const bcl::Object& o : objects) bcl::objects.erase(o.number);
      for (bt_tensor h : tensors) {
        bcl::Slot* s = bcl::find(h);
        if (s != nullptr && s->scope == scope) dead.push_back(bcl::release(*s, static_cast<uint32_t>(h)));
      }
    }
    for (const bcl::Object& o : objects) o.destroy(o.object);
  });
}

bt_error bt_scope_keep(int64_t scope, bt_tensor h) {
  return guard([&] {
    if (h == 0) return;
    bool lives_longer = false;  // in a scope around this one
    for (bcl::Scope& s : bcl::scopes) {
      {
        std::lock_guard<std::mutex> lock(bcl::mu);
        bcl::Slot& slot = bcl::find_or_throw(h);
        if (s.id != scope) {
          lives_longer |= slot.scope == s.id;
          continue;
        }
        if (lives_longer) return;
        slot.scope = scope;
      }
      s.tensors.push_back(h);
      return;
    }
    throw std::logic_error("Keep: that scope is not open on this thread");
  });
}

bt_error bt_tensor_free(bt_tensor h) {
  return guard([&] {
    at::Tensor dead;
    std::lock_guard<std::mutex> lock(bcl::mu);
    bcl::Slot* s = bcl::find(h);
    if (s != nullptr) dead = bcl::release(*s, static_cast<uint32_t>(h));
  });
}

int64_t bt_live_tensors(void) {
  std::lock_guard<std::mutex> lock(bcl::mu);
  return bcl::live;
}

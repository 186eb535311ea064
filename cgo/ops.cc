// Calls any operator of libtorch by its schema name through the dispatcher, so that one
// function reaches all of them, autograd and autocast included.
//
// Arguments and results are passed as one array of 64-bit words, each a tag (bt_tag) and
// its value. ops.go writes and reads the same format.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "table.h"

namespace {

double as_double(int64_t bits) {
  double d;
  std::memcpy(&d, &bits, sizeof d);
  return d;
}

int64_t as_bits(double d) {
  int64_t bits;
  std::memcpy(&bits, &d, sizeof bits);
  return bits;
}

// Reader reads the argument words and refuses to read past their end.
class Reader {
 public:
  Reader(const int64_t* words, int64_t n) : p_(words), end_(words + n) {}
  bool done() const { return p_ == end_; }
  int64_t next() { return *need(1); }
  const int64_t* need(int64_t n) {
    if (n < 0 || n > end_ - p_) throw std::invalid_argument("argument words end early");
    const int64_t* p = p_;
    p_ += n;
    return p;
  }

 private:
  const int64_t *p_, *end_;
};

// takes_none reports an argument of type Tensor?[], as in indexing.
bool takes_none(const c10::FunctionSchema& schema, size_t position) {
  const auto list = schema.arguments()[position].type()->cast<c10::ListType>();
  return list != nullptr && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

// read_list reads a length and the words of that many items.
template <typename T, typename F>
c10::IValue read_list(Reader& r, F&& item) {
  const int64_t n = r.next();
  const int64_t* words = r.need(n);
  c10::List<T> list;
  list.reserve(n);
  for (int64_t i = 0; i < n; i++) list.push_back(item(words[i]));
  return c10::IValue(std::move(list));
}

c10::IValue read_value(Reader& r, const c10::FunctionSchema& schema, size_t position) {
  switch (r.next()) {
    case BT_NONE:
      return c10::IValue();
    case BT_TENSOR: {
      at::Tensor t = bcl::get(r.next());
      // A zero Tensor is None for an optional argument, as in Python.
      return t.defined() ? c10::IValue(std::move(t)) : c10::IValue();
    }
    case BT_INT:
      return r.next();
    case BT_DOUBLE:
      return as_double(r.next());
    case BT_BOOL:
      return r.next() != 0;
    case BT_INTS:
      return read_list<int64_t>(r, [](int64_t word) { return word; });
    case BT_TENSORS:
      if (takes_none(schema, position)) {
        return read_list<std::optional<at::Tensor>>(r, [](int64_t number) {
          at::Tensor t = bcl::get(number);
          return t.defined() ? std::optional<at::Tensor>(std::move(t)) : std::nullopt;
        });
      }
      return read_list<at::Tensor>(r, bcl::need);
    case BT_DOUBLES:
      return read_list<double>(r, as_double);
    case BT_BOOLS:
      return read_list<bool>(r, [](int64_t word) { return word != 0; });
    case BT_STRING: {
      const int64_t n = r.next();
      const int64_t* v = r.need((n + 7) / 8);
      return std::string(reinterpret_cast<const char*>(v), n);
    }
    case BT_DEVICE: {
      const auto type = static_cast<c10::DeviceType>(r.next());
      return c10::Device(type, static_cast<c10::DeviceIndex>(r.next()));
    }
    case BT_DEFAULT: {
      const auto& value = schema.arguments()[position].default_value();
      if (!value) throw std::invalid_argument("argument " + schema.arguments()[position].name() + " has no default");
      return *value;
    }
    default:
      throw std::invalid_argument("unknown argument tag");
  }
}

class Writer {
 public:
  Writer(int64_t* words, int64_t cap) : p_(words), begin_(words), end_(words + cap) {}
  void put(int64_t v) {
    if (p_ == end_) throw std::length_error("result does not fit the caller's buffer");
    *p_++ = v;
  }
  int64_t size() const { return p_ - begin_; }

 private:
  int64_t *p_, *begin_, *end_;
};

void write_value(Writer& w, const c10::IValue& v) {
  if (v.isNone()) {
    w.put(BT_NONE);
  } else if (v.isTensor()) {
    w.put(BT_TENSOR);
    w.put(bcl::put(v.toTensor()));
  } else if (v.isInt()) {
    w.put(BT_INT);
    w.put(v.toInt());
  } else if (v.isDouble()) {
    w.put(BT_DOUBLE);
    w.put(as_bits(v.toDouble()));
  } else if (v.isBool()) {
    w.put(BT_BOOL);
    w.put(v.toBool());
  } else if (v.isTensorList()) {
    const auto list = v.toTensorVector();
    w.put(BT_TENSORS);
    w.put(static_cast<int64_t>(list.size()));
    for (const at::Tensor& t : list) w.put(bcl::put(t));
  } else {
    throw std::invalid_argument("result of type " + v.tagKind() + " is not supported");
  }
}

}  // namespace

bt_error bt_op_find(const char* name, const char* overload, void** op) {
  return bcl::guard([&] { *op = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
}

bt_error bt_op_call(void* op, const int64_t* args, int64_t nargs, int64_t* out, int64_t cap, int64_t* nout) {
  return bcl::guard([&] {
    const auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const c10::FunctionSchema& schema = handle.schema();
    const size_t want = schema.arguments().size();
    torch::jit::Stack stack;
    stack.reserve(std::max<size_t>(want, 8));
    Reader r(args, nargs);
    while (!r.done()) {
      if (stack.size() == want) throw std::invalid_argument(schema.name() + ": too many arguments");
      stack.push_back(read_value(r, schema, stack.size()));
    }
    for (size_t i = stack.size(); i < want; i++) {
      const auto& value = schema.arguments()[i].default_value();
      if (!value) throw std::invalid_argument(schema.name() + ": argument " + schema.arguments()[i].name() + " is missing");
      stack.push_back(*value);
    }
    handle.callBoxed(stack);
    *nout = 0;
    if (cap == 0) return;  // the caller wants no result, as for an in-place operator
    Writer w(out, cap);
    for (const c10::IValue& v : stack) write_value(w, v);
    *nout = w.size();
  });
}

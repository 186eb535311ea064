// The passes of norm.h over a type vec of some lanes. Included by norm_avx2.cc and
// norm_avx512.cc, inside a namespace of theirs, so there is no guard.
//
// A block of channels goes down a tile of rows with its sums in registers; a tile fits the
// first cache.

using bcl::norm_pass;

constexpr int64_t tile = 16 << 10;  // bytes

// blocks runs Block on each tile of the rows [begin, end), n vectors of channels at a time.
template <typename T, int n, template <typename, int> class Block, typename... Args>
inline void blocks(const norm_pass& p, int64_t begin, int64_t end, Args... args) {
  const int64_t height = tile / static_cast<int64_t>(p.channels * sizeof(T)) + 8;
  for (int64_t row = begin; row < end; row += height) {
    const int64_t stop = row + height < end ? row + height : end;
    int64_t c = 0;
    for (; c + n * vec::lanes <= p.channels; c += n * vec::lanes) Block<T, n>::run(p, row, stop, c, args...);
    for (; c < p.channels; c += vec::lanes) Block<T, 1>::run(p, row, stop, c, args...);
  }
}

template <typename T>
inline void put(const norm_pass& p, vec v, T* to) {
  if (p.stream) {
    v.stream(to);
  } else {
    v.store(to);
  }
}

template <int n>
inline void load(vec (&v)[n], const float* p) {
#pragma GCC unroll 4
  for (int i = 0; i < n; i++) v[i] = vec::load(p + i * vec::lanes);
}

template <int n>
inline void store(const vec (&v)[n], float* p) {
#pragma GCC unroll 4
  for (int i = 0; i < n; i++) v[i].store(p + i * vec::lanes);
}

template <typename T, int n>
struct sum_block {
  static void run(const norm_pass& p, int64_t row, int64_t stop, int64_t c, float* sum) {
    vec s[n];
    load(s, sum + c);
    const T* x = static_cast<const T*>(p.x) + row * p.channels + c;
    for (; row < stop; row++, x += p.channels) {
#pragma GCC unroll 4
      for (int i = 0; i < n; i++) s[i] = s[i] + vec::load(x + i * vec::lanes);
    }
    store(s, sum + c);
  }
};

template <typename T, int n>
struct squares_block {
  static void run(const norm_pass& p, int64_t row, int64_t stop, int64_t c, float* sum) {
    vec s[n], mean[n];
    load(s, sum + c);
    load(mean, p.mean + c);
    const T* x = static_cast<const T*>(p.x) + row * p.channels + c;
    for (; row < stop; row++, x += p.channels) {
#pragma GCC unroll 4
      for (int i = 0; i < n; i++) {
        const vec d = vec::load(x + i * vec::lanes) - mean[i];
        s[i] = vec::fma(d, d, s[i]);
      }
    }
    store(s, sum + c);
  }
};

template <typename T, int n>
struct apply_block {
  static void run(const norm_pass& p, int64_t row, int64_t stop, int64_t c) {
    vec alpha[n], beta[n];
    load(alpha, p.alpha + c);
    load(beta, p.beta + c);
    const T* x = static_cast<const T*>(p.x) + row * p.channels + c;
    const T* s = static_cast<const T*>(p.shortcut) + (p.shortcut != nullptr ? row * p.channels + c : 0);
    T* y = static_cast<T*>(p.y) + row * p.channels + c;
    for (; row < stop; row++, x += p.channels, y += p.channels) {
#pragma GCC unroll 4
      for (int i = 0; i < n; i++) {
        vec v = vec::fma(vec::load(x + i * vec::lanes), alpha[i], beta[i]);
        if (p.shortcut != nullptr) v = v.rounded(x) + vec::load(s + i * vec::lanes);
        if (p.relu) v = v.relu();
        put(p, v, y + i * vec::lanes);
      }
      if (p.shortcut != nullptr) s += p.channels;
    }
  }
};

// masked is the gradient before ReLU at element i, which depends on y: without a shortcut it
// is computed again, which takes less time than to read it.
template <typename T>
inline vec masked(const norm_pass& p, int64_t i, vec x, vec alpha, vec beta) {
  const vec dy = vec::load(static_cast<const T*>(p.dy) + i);
  if (!p.relu) return dy;
  const T* y = static_cast<const T*>(p.y);
  return dy.where(y != nullptr ? vec::load(y + i) : vec::fma(x, alpha, beta).rounded(y));
}

template <typename T, int n>
struct reduce_block {
  static void run(const norm_pass& p, int64_t row, int64_t stop, int64_t c, float* sum, float* dot) {
    vec s[n], d[n], mean[n], alpha[n], beta[n];
    load(s, sum + c);
    load(d, dot + c);
    load(mean, p.mean + c);
    load(alpha, p.alpha + c);
    load(beta, p.beta + c);
    for (; row < stop; row++) {
#pragma GCC unroll 4
      for (int i = 0; i < n; i++) {
        const int64_t at = row * p.channels + c + i * vec::lanes;
        const vec x = vec::load(static_cast<const T*>(p.x) + at);
        const vec g = masked<T>(p, at, x, alpha[i], beta[i]);
        s[i] = s[i] + g;
        d[i] = vec::fma(x - mean[i], g, d[i]);
        if (p.dsum != nullptr) g.store(static_cast<T*>(p.dsum) + at);
      }
    }
    store(s, sum + c);
    store(d, dot + c);
  }
};

// without is a - b * c, fused for floats only: so libtorch's compiler chose.
inline vec without(vec a, vec b, vec c, const float*) { return vec::fnma(b, c, a); }
inline vec without(vec a, vec b, vec c, const uint16_t*) { return a - (b * c).alone(); }

template <typename T, int n>
struct gradient_block {
  static void run(const norm_pass& p, int64_t row, int64_t stop, int64_t c) {
    vec mean[n], invstd[n], weight[n], alpha[n], beta[n], grad_mean[n], k[n];
    load(mean, p.mean + c);
    load(invstd, p.invstd + c);
    load(weight, p.weight + c);
    load(alpha, p.alpha + c);
    load(beta, p.beta + c);
    load(grad_mean, p.grad_mean + c);
    load(k, p.k + c);
    for (; row < stop; row++) {
#pragma GCC unroll 4
      for (int i = 0; i < n; i++) {
        const int64_t at = row * p.channels + c + i * vec::lanes;
        const vec x = vec::load(static_cast<const T*>(p.x) + at);
        const vec g = p.dsum != nullptr ? vec::load(static_cast<const T*>(p.dsum) + at) : masked<T>(p, at, x, alpha[i], beta[i]);
        const vec centred = without(g - grad_mean[i], x - mean[i], k[i], static_cast<T*>(nullptr));
        put(p, centred * invstd[i] * weight[i], static_cast<T*>(p.dx) + at);
      }
    }
  }
};

template <typename T>
const bcl::norm_kernels kernels = {
    [](const norm_pass& p, int64_t begin, int64_t end, float* sum) { blocks<T, registers, sum_block>(p, begin, end, sum); },
    [](const norm_pass& p, int64_t begin, int64_t end, float* sum) { blocks<T, registers, squares_block>(p, begin, end, sum); },
    [](const norm_pass& p, int64_t begin, int64_t end) {
      blocks<T, registers, apply_block>(p, begin, end);
      _mm_sfence();  // for stream
    },
    [](const norm_pass& p, int64_t begin, int64_t end, float* sum, float* dot) {
      blocks<T, registers, reduce_block>(p, begin, end, sum, dot);
    },
    [](const norm_pass& p, int64_t begin, int64_t end) {
      blocks<T, (registers + 1) / 2, gradient_block>(p, begin, end);
      _mm_sfence();
    },
};

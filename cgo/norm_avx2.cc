#include "norm.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // in GCC 12's immintrin.h
#pragma GCC target("avx2,fma")

namespace {

constexpr int registers = 2;  // vectors of a block of channels

struct vec {
  static constexpr int64_t lanes = 8;
  __m256 v;

  static vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static vec load(const uint16_t* p) {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16))};
  }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  void store(uint16_t* p) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), half()); }
  // stream is store past the caches, to an aligned address.
  void stream(float* p) const { _mm256_stream_ps(p, v); }
  void stream(uint16_t* p) const { _mm_stream_si128(reinterpret_cast<__m128i*>(p), half()); }
  vec rounded(const float*) const { return *this; }
  vec rounded(const uint16_t*) const {
    return {_mm256_castsi256_ps(_mm256_andnot_si256(_mm256_set1_epi32(0xffff), bits16()))};
  }
  vec operator+(vec b) const { return {_mm256_add_ps(v, b.v)}; }
  vec operator-(vec b) const { return {_mm256_sub_ps(v, b.v)}; }
  vec operator*(vec b) const { return {_mm256_mul_ps(v, b.v)}; }
  static vec fma(vec a, vec b, vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }    // a * b + c
  static vec fnma(vec a, vec b, vec c) { return {_mm256_fnmadd_ps(a.v, b.v, c.v)}; }  // c - a * b
  // alone is *this, of which the compiler cannot fuse the product with what follows.
  vec alone() const {
    __m256 t = v;
    asm("" : "+x"(t));
    return {t};
  }
  vec relu() const { return {_mm256_max_ps(_mm256_setzero_ps(), v)}; }                // keeps NaN
  // where is *this where y is not <= 0, else 0.
  vec where(vec y) const { return {_mm256_and_ps(_mm256_cmp_ps(y.v, _mm256_setzero_ps(), _CMP_NLE_UQ), v)}; }

 private:
  __m128i half() const {
    const __m256i high = _mm256_srli_epi32(bits16(), 16);
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi32(high, high), 0x08));
  }
  // bits16 is v rounded to the nearest bfloat16, ties to even, in the upper halves.
  __m256i bits16() const {
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
    const __m256 ordered = _mm256_cmp_ps(v, v, _CMP_ORD_Q);
    return _mm256_blendv_epi8(_mm256_set1_epi32(-1), sum, _mm256_castps_si256(ordered));
  }
};

#include "norm_kernels.h"

}  // namespace

const bcl::norm_kernels* bcl::norm_avx2(bool bfloat16) { return bfloat16 ? &kernels<uint16_t> : &kernels<float>; }
#else
const bcl::norm_kernels* bcl::norm_avx2(bool) { return nullptr; }
#endif

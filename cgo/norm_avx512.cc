#include "norm.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // in GCC 12's immintrin.h
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")

namespace {

constexpr int registers = 4;  // vectors of a block of channels

struct vec {
  static constexpr int64_t lanes = 16;
  __m512 v;

  static vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static vec load(const uint16_t* p) {
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16))};
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  void store(uint16_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), half()); }
  // stream is store past the caches, to an aligned address.
  void stream(float* p) const { _mm512_stream_ps(p, v); }
  void stream(uint16_t* p) const { _mm256_stream_si256(reinterpret_cast<__m256i*>(p), half()); }
  vec rounded(const float*) const { return *this; }
  vec rounded(const uint16_t*) const {
    return {_mm512_castsi512_ps(_mm512_andnot_si512(_mm512_set1_epi32(0xffff), bits16()))};
  }
  vec operator+(vec b) const { return {_mm512_add_ps(v, b.v)}; }
  vec operator-(vec b) const { return {_mm512_sub_ps(v, b.v)}; }
  vec operator*(vec b) const { return {_mm512_mul_ps(v, b.v)}; }
  static vec fma(vec a, vec b, vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }    // a * b + c
  static vec fnma(vec a, vec b, vec c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }  // c - a * b
  // alone is *this, of which the compiler cannot fuse the product with what follows.
  vec alone() const {
    __m512 t = v;
    asm("" : "+v"(t));
    return {t};
  }
  vec relu() const { return {_mm512_max_ps(_mm512_setzero_ps(), v)}; }                // keeps NaN
  // where is *this where y is not <= 0, else 0.
  vec where(vec y) const { return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(y.v, _mm512_setzero_ps(), _CMP_NLE_UQ), v)}; }

 private:
  __m256i half() const { return _mm512_cvtepi32_epi16(_mm512_srli_epi32(bits16(), 16)); }
  // bits16 is v rounded to the nearest bfloat16, ties to even, in the upper halves.
  __m512i bits16() const {
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
    return _mm512_mask_mov_epi32(_mm512_set1_epi32(-1), _mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), sum);
  }
};

#include "norm_kernels.h"

}  // namespace

const bcl::norm_kernels* bcl::norm_avx512(bool bfloat16) { return bfloat16 ? &kernels<uint16_t> : &kernels<float>; }
#else
const bcl::norm_kernels* bcl::norm_avx512(bool) { return nullptr; }
#endif

#pragma once
#include "gemm_internal.h"

// Codes of four and eight bits in AVX-512 registers.

#if defined(__x86_64__)

/// What the low and high halves of a signed eight-bit code stand for.
static const float expert_low_halves[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                            8, 9, 10, 11, 12, 13, 14, 15};
static const float expert_high_halves[16] = {0,    16,   32,  48,  64,  80,  96,  112,
                                             -128, -112, -96, -80, -64, -48, -32, -16};

/// The values of codes: of four bits, or of the low halves of eight; and of their high halves.
typedef struct {
  __m512 low, high;
} expert_tables;

EXPERT_T_AVX512 EXPERT_INLINE expert_tables expert_tables_of(const expert_weights *w) {
  const float *low = w->kind == EXPERT_PANELS_8BIT ? expert_low_halves : w->table;
  expert_tables t = {_mm512_loadu_ps(low), _mm512_loadu_ps(expert_high_halves)};
  return t;
}

/// Sixteen scales, or least values, as fp32.
EXPERT_T_AVX512 EXPERT_INLINE __m512 expert_scale_vector(const expert_weights *w,
                                                         const void *scales, size_t place) {
  if (w->wide_scales) return _mm512_loadu_ps((const float *)scales + place);
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)((const uint16_t *)scales + place)));
}

/// Where the codes of the octet of columns at k (divisible by 8) start.
EXPERT_INLINE const uint16_t *expert_codes_at(const expert_weights *w, size_t panel, size_t k) {
  size_t words = w->kind == EXPERT_PANELS_8BIT ? 128 : 64;
  return (const uint16_t *)w->values + (panel * w->padded + k) / 8 * words;
}

/// The code values (before scaling) of 16 lanes of one column of an octet.
EXPERT_T_AVX512 EXPERT_INLINE __m512 expert_code_values(const int eight, const expert_tables *t,
                                                        __m512i codes, __m512i upper,
                                                        unsigned column) {
  unsigned shift = column % 2 * 16 + column / 2 * 4;
  __m512 value = _mm512_permutexvar_ps(_mm512_srli_epi32(codes, shift), t->low);
  if (!eight) return value;
  return _mm512_add_ps(value, _mm512_permutexvar_ps(_mm512_srli_epi32(upper, shift), t->high));
}

#endif

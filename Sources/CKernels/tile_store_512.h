#pragma once
#include "gemm_internal.h"

#if defined(__x86_64__)

/// Writes, or adds, half a row of a register tile. Whole halves go without a mask: masked stores
/// are several times slower on some processors.
EXPERT_T_AVX512 EXPERT_INLINE void expert_tile_store(const expert_tile *t, int row, int vector,
                                                     __m512 sum) {
  float *c = t->c + (size_t)row * t->c_stride + 16 * vector;
  uint32_t lanes = t->lanes - 16u * (uint32_t)vector;
  __m512 value = _mm512_mul_ps(sum, _mm512_set1_ps(t->alpha));
  if (lanes >= 16) {
    if (t->accumulate) value = _mm512_add_ps(value, _mm512_loadu_ps(c));
    _mm512_storeu_ps(c, value);
    return;
  }
  __mmask16 mask = (__mmask16)((1u << lanes) - 1);
  if (t->accumulate) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(mask, c));
  _mm512_mask_storeu_ps(c, mask, value);
}

#endif

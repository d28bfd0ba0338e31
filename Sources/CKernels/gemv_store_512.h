#pragma once
#include "gemm_internal.h"

#if defined(__x86_64__)

/// Writes, or adds, 32 results.
EXPERT_T_AVX512 EXPERT_INLINE void expert_gemv_store(const expert_product *p, size_t row,
                                                     size_t panel, __m512 low, __m512 high) {
  expert_place place = expert_gemv_place(p, row, panel);
  uint32_t mask = place.lanes >= 32 ? 0xffffffff : (1u << place.lanes) - 1;
  __mmask16 first = (__mmask16)mask, second = (__mmask16)(mask >> 16);
  if (p->accumulate) {
    low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(first, place.to));
    high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(second, place.to + 16));
  }
  _mm512_mask_storeu_ps(place.to, first, low);
  _mm512_mask_storeu_ps(place.to + 16, second, high);
}

/// Defines `name` as a switch over `rows`, so that `body` is compiled for each count.
#define EXPERT_BY_ROWS(target, name, body)                                               \
  target void name(const expert_product *p, size_t panel, size_t row, size_t rows) {     \
    switch (rows) {                                                                      \
      case 1: body(1, p, panel, row); break;                                             \
      case 2: body(2, p, panel, row); break;                                             \
      case 3: body(3, p, panel, row); break;                                             \
      default: body(4, p, panel, row); break;                                            \
    }                                                                                    \
  }

#endif

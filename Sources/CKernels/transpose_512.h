#pragma once
#include "gemm_internal.h"

// Transpositions in AVX-512 registers, for kernels that bring weights from rows into lanes.

#if defined(__x86_64__)

/// Transposes 16 vectors of 16 words of 32 bits in place.
EXPERT_T_AVX512 EXPERT_INLINE void expert_transpose_16(__m512i r[16]) {
  __m512i t[16];
  EXPERT_UNROLL
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

/// Stores the first `rows` words of 16 vectors one behind the other. Each whole vector is stored
/// and its rest overwritten by the next, because masked stores are slow on some processors; only the
/// `last` ones of a block, behind which others' memory lies, are masked.
EXPERT_T_AVX512 EXPERT_INLINE void expert_put_16(void *out, size_t rows, int last, const __m512i r[16]) {
  uint32_t *to = out;
  if (last) {
    __mmask16 keep = (__mmask16)((1u << rows) - 1);
    EXPERT_UNROLL
    for (size_t p = 0; p < 16; p++) _mm512_mask_storeu_epi32(to + p * rows, keep, r[p]);
    return;
  }
  EXPERT_UNROLL
  for (size_t p = 0; p < 16; p++) _mm512_storeu_si512(to + p * rows, r[p]);
}

/// Transposes 8 vectors of 8 words of 64 bits in place.
EXPERT_T_AVX512 EXPERT_INLINE void expert_transpose_8(__m512i r[8]) {
  __m512i t[8];
  EXPERT_UNROLL
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 2; i++) {
    r[i] = _mm512_shuffle_i64x2(t[i], t[i + 2], 0x88);
    r[i + 2] = _mm512_shuffle_i64x2(t[i], t[i + 2], 0xdd);
    r[i + 4] = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0x88);
    r[i + 6] = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0xdd);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 2; i++) {
    t[i] = _mm512_shuffle_i64x2(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i64x2(r[i], r[i + 4], 0xdd);
    t[i + 2] = _mm512_shuffle_i64x2(r[i + 2], r[i + 6], 0x88);
    t[i + 6] = _mm512_shuffle_i64x2(r[i + 2], r[i + 6], 0xdd);
  }
  EXPERT_UNROLL
  for (int i = 0; i < 8; i++) r[i] = t[i];
}

/// The mask of the first `count` of 32 lanes.
EXPERT_INLINE uint32_t expert_mask32(size_t count) {
  return count >= 32 ? 0xffffffff : (1u << count) - 1;
}

#endif

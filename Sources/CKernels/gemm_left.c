#include "transpose_512.h"

// Packing of the left operand: [block][depth][rows of the block] so that a register tile reads it
// in one stream. Blocks are as even as possible: 256 rows make 19 blocks of 13 and 14 rows.

static size_t tile_rows(expert_isa isa) {
  if (isa >= EXPERT_ISA_AVX512) return EXPERT_TILE_512;
  return isa == EXPERT_ISA_AVX2 ? EXPERT_TILE_AVX2 : EXPERT_TILE_PLAIN;
}

size_t expert_row_blocks(expert_isa isa, size_t rows) {
  return (rows + tile_rows(isa) - 1) / tile_rows(isa);
}

size_t expert_left_bytes(expert_compute compute, size_t rows, size_t depth) {
  if (compute == EXPERT_COMPUTE_INT8) return expert_left_codes(rows) + rows * expert_words(depth) * 4;
  return rows * expert_padded(depth) * (compute == EXPERT_COMPUTE_BF16 ? 2 : 4);
}

size_t expert_pack_scratch(expert_compute compute, size_t depth) {
  if (compute != EXPERT_COMPUTE_INT8) return 0;
  return expert_words(depth) * 4 * (sizeof(float) + EXPERT_TILE_512);
}

#if defined(__x86_64__)

/// One block of rows that are contiguous in k, 16 vectors at a time through a transposition.
EXPERT_T_BF16 static void pack_pairs(const float *x, size_t rows, size_t depth, size_t stride,
                                     uint32_t *out) {
  for (size_t k = 0; k < expert_padded(depth); k += 32) {
    uint32_t mask = expert_mask32(depth > k ? depth - k : 0);
    __m512i r[16];
    EXPERT_UNROLL
    for (size_t i = 0; i < 16; i++) {
      const float *from = x + (i < rows ? i : 0) * stride + k;
      __m512 low = _mm512_maskz_loadu_ps((__mmask16)mask, from);
      __m512 high = _mm512_maskz_loadu_ps((__mmask16)(mask >> 16), from + 16);
      r[i] = (__m512i)_mm512_cvtne2ps_pbh(high, low);
    }
    expert_transpose_16(r);
    expert_put_16(out, rows, k + 32 >= expert_padded(depth), r);
    out += 16 * rows;
  }
}

EXPERT_T_AVX512 static void pack_floats(const float *x, size_t rows, size_t depth, size_t stride,
                                        float *out) {
  for (size_t k = 0; k < expert_padded(depth); k += 16) {
    __mmask16 mask = (__mmask16)expert_mask32(depth > k ? depth - k : 0);
    __m512i r[16];
    EXPERT_UNROLL
    for (size_t i = 0; i < 16; i++)
      r[i] = _mm512_maskz_loadu_epi32(mask, x + (i < rows ? i : 0) * stride + k);
    expert_transpose_16(r);
    expert_put_16(out, rows, k + 16 >= expert_padded(depth), r);
    out += 16 * rows;
  }
}

/// One block of rows that are neighbours in memory: x[k · stride + i].
EXPERT_T_AVX512 static void pack_columns(const float *x, size_t rows, size_t depth, size_t stride,
                                         float *out) {
  __mmask16 keep = (__mmask16)((1u << rows) - 1);
  for (size_t k = 0; k < expert_padded(depth); k++) {
    __m512 value = k < depth ? _mm512_maskz_loadu_ps(keep, x + k * stride) : _mm512_setzero_ps();
    _mm512_mask_storeu_ps(out + k * rows, keep, value);
  }
}

#endif

static void pack_plain(const float *x, size_t rows, size_t depth, size_t row_stride,
                       size_t k_stride, float *out) {
  for (size_t k = 0; k < expert_padded(depth); k++)
    for (size_t i = 0; i < rows; i++)
      *out++ = k < depth ? x[i * row_stride + k * k_stride] : 0;
}

static void pack_pairs_plain(const float *x, size_t rows, size_t depth, size_t row_stride,
                             size_t k_stride, uint16_t *out) {
  for (size_t k = 0; k < expert_padded(depth); k += 2)
    for (size_t i = 0; i < rows; i++)
      for (size_t h = 0; h < 2; h++)
        *out++ = k + h < depth ? expert_float_to_bf16(x[i * row_stride + (k + h) * k_stride]) : 0;
}

void expert_pack_left(expert_isa isa, expert_compute compute, const float *x, size_t rows,
                      size_t depth, size_t row_stride, size_t k_stride, size_t from, size_t to,
                      void *left, void *scratch) {
  if (compute == EXPERT_COMPUTE_INT8) {
    expert_pack_bytes(isa, x, rows, depth, row_stride, from, to, left, scratch);
    return;
  }
  size_t blocks = expert_row_blocks(isa, rows), padded = expert_padded(depth);
  for (size_t block = from; block < to; block++) {
    size_t row = block * rows / blocks, count = (block + 1) * rows / blocks - row;
    const float *at = x + row * row_stride;
    if (compute == EXPERT_COMPUTE_BF16) {
      uint16_t *out = (uint16_t *)left + row * padded;
#if defined(__x86_64__)
      if (isa >= EXPERT_ISA_AVX512_BF16 && k_stride == 1) {
        pack_pairs(at, count, depth, row_stride, (uint32_t *)out);
        continue;
      }
#endif
      pack_pairs_plain(at, count, depth, row_stride, k_stride, out);
      continue;
    }
    float *out = (float *)left + row * padded;
#if defined(__x86_64__)
    if (isa >= EXPERT_ISA_AVX512 && k_stride == 1) {
      pack_floats(at, count, depth, row_stride, out);
      continue;
    }
    if (isa >= EXPERT_ISA_AVX512 && row_stride == 1) {
      pack_columns(at, count, depth, k_stride, out);
      continue;
    }
#endif
    pack_plain(at, count, depth, row_stride, k_stride, out);
  }
}

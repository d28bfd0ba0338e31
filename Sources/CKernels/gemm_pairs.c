#include "transpose_512.h"

#include <string.h>

// Weights unpacked into bf16 pairs, in both directions.

static void rows_forward_plain(const expert_weights *w, size_t panel, size_t k, size_t depth,
                               uint16_t *out) {
  const uint16_t *values = w->values;
  for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
    size_t row = panel * EXPERT_LANES + lane;
    for (size_t i = 0; i < depth; i++) {
      int inside = row < w->outputs && k + i < w->inputs;
      out[i / 2 * 64 + lane * 2 + i % 2] = inside ? values[row * w->stride + k + i] : 0;
    }
  }
}

static void rows_backward_plain(const expert_weights *w, size_t column, size_t n, size_t depth,
                                uint16_t *out) {
  const uint16_t *values = w->values;
  for (size_t i = 0; i < depth; i++)
    for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
      size_t k = column * EXPERT_LANES + lane;
      int inside = n + i < w->outputs && k < w->inputs;
      out[i / 2 * 64 + lane * 2 + i % 2] = inside ? values[(n + i) * w->stride + k] : 0;
    }
}

/// A block of 32 rows × 32 columns from pairs of columns [16][32][2] to pairs of rows.
static void turn_plain(const uint16_t *from, uint16_t *out) {
  for (size_t n = 0; n < 32; n++)
    for (size_t k = 0; k < 32; k++)
      out[n / 2 * 64 + k * 2 + n % 2] = from[k / 2 * 64 + n * 2 + k % 2];
}

#if defined(__x86_64__)

EXPERT_T_AVX512 static void rows_forward_512(const expert_weights *w, size_t panel, size_t k,
                                             size_t depth, uint16_t *out) {
  const uint16_t *values = w->values;
  for (size_t half = 0; half < 2; half++) {
    size_t row = panel * EXPERT_LANES + half * 16;
    size_t rows = w->outputs > row ? w->outputs - row : 0;
    for (size_t i = 0; i < depth; i += 32) {
      uint32_t mask = expert_mask32(w->inputs > k + i ? w->inputs - k - i : 0);
      __m512i r[16];
      EXPERT_UNROLL
      for (size_t j = 0; j < 16; j++) {
        const uint16_t *from = values + (row + (j < rows ? j : 0)) * w->stride + k + i;
        r[j] = _mm512_maskz_loadu_epi16(j < rows ? mask : 0, from);
        _mm_prefetch((const char *)(from + 128), _MM_HINT_T0);
      }
      expert_transpose_16(r);
      EXPERT_UNROLL
      for (size_t p = 0; p < 16; p++)
        _mm512_storeu_si512(out + (i / 2 + p) * 64 + half * 32, r[p]);
    }
  }
}

EXPERT_T_AVX512 static void rows_backward_512(const expert_weights *w, size_t column,
                                              size_t columns, size_t n, size_t depth,
                                              uint16_t *out, size_t out_stride) {
  static const uint16_t order[64] __attribute__((aligned(64))) = {
      0,  32, 1,  33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39, 8,  40, 9,  41, 10, 42,
      11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53,
      22, 54, 23, 55, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63};
  const __m512i low = _mm512_load_si512(order), high = _mm512_load_si512(order + 32);
  const uint16_t *values = w->values;
  for (size_t i = 0; i < depth; i += 2) {
    const uint16_t *row = values + (n + i) * w->stride;
    int first = n + i < w->outputs, second = n + i + 1 < w->outputs;
    for (size_t c = 0; c < columns; c++) {
      size_t k = (column + c) * EXPERT_LANES;
      uint32_t mask = expert_mask32(w->inputs - k);
      _mm_prefetch((const char *)(row + 16 * w->stride + k), _MM_HINT_T0);
      _mm_prefetch((const char *)(row + 17 * w->stride + k), _MM_HINT_T0);
      __m512i a = _mm512_maskz_loadu_epi16(first ? mask : 0, row + k);
      __m512i b = _mm512_maskz_loadu_epi16(second ? mask : 0, row + w->stride + k);
      uint16_t *to = out + c * out_stride + i * EXPERT_LANES;
      _mm512_storeu_si512(to, _mm512_permutex2var_epi16(a, low, b));
      _mm512_storeu_si512(to + 32, _mm512_permutex2var_epi16(a, high, b));
    }
  }
}

/// `turn_plain` by exchanging the middle words of every 64 bits, then transposing these.
EXPERT_T_AVX512 static void turn_512(const uint16_t *from, uint16_t *out) {
  const __m512i swap = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15));
  for (size_t half = 0; half < 2; half++)
    for (size_t quarter = 0; quarter < 2; quarter++) {
      __m512i r[8];
      EXPERT_UNROLL
      for (size_t p = 0; p < 8; p++)
        r[p] = _mm512_shuffle_epi8(
            _mm512_loadu_si512(from + (quarter * 8 + p) * 64 + half * 32), swap);
      expert_transpose_8(r);
      EXPERT_UNROLL
      for (size_t p = 0; p < 8; p++)
        _mm512_storeu_si512(out + (half * 8 + p) * 64 + quarter * 32, r[p]);
    }
}

#endif

static void forward_rows(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                         size_t depth, uint16_t *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    rows_forward_512(w, panel, k, depth, out);
    return;
  }
#endif
  (void)isa;
  rows_forward_plain(w, panel, k, depth, out);
}

const uint16_t *expert_forward_pairs(expert_isa isa, const expert_weights *w, size_t panel,
                                     size_t k, size_t depth, uint16_t *out) {
  if (w->kind == EXPERT_PANELS_BF16)
    return (const uint16_t *)w->values + (panel * w->padded + k) * EXPERT_LANES;
  if (w->kind == EXPERT_ROWS_BF16)
    forward_rows(isa, w, panel, k, depth, out);
  else
    expert_decode_pairs(isa, w, panel, k, depth, out);
  return out;
}

static void turn(expert_isa isa, const uint16_t *from, uint16_t *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    turn_512(from, out);
    return;
  }
#endif
  (void)isa;
  turn_plain(from, out);
}

/// Asks for the block of 2 KiB that is needed next: it lies a whole panel further on.
static void prefetch_block(const expert_weights *w, size_t panel, size_t column) {
  const uint16_t *from =
      (const uint16_t *)w->values + (panel * w->padded + column * EXPERT_LANES) * EXPERT_LANES;
  for (size_t line = 0; line < EXPERT_LANES; line++) __builtin_prefetch(from + line * 32);
}

void expert_backward_pairs(expert_isa isa, const expert_weights *w, size_t column, size_t columns,
                           size_t n, size_t depth, uint16_t *out, size_t out_stride) {
  if (w->kind == EXPERT_ROWS_BF16) {
#if defined(__x86_64__)
    if (isa >= EXPERT_ISA_AVX512) {
      rows_backward_512(w, column, columns, n, depth, out, out_stride);
      return;
    }
#endif
    for (size_t c = 0; c < columns; c++)
      rows_backward_plain(w, column + c, n, depth, out + c * out_stride);
    return;
  }
  for (size_t i = 0; i < depth; i += EXPERT_LANES)
    for (size_t c = 0; c < columns; c++) {
      if (w->kind == EXPERT_PANELS_BF16) prefetch_block(w, (n + i) / EXPERT_LANES + 1, column + c);
      uint16_t block[EXPERT_LANES * EXPERT_LANES] __attribute__((aligned(64)));
      const uint16_t *from = expert_forward_pairs(isa, w, (n + i) / EXPERT_LANES,
                                                  (column + c) * EXPERT_LANES, EXPERT_LANES, block);
      turn(isa, from, out + c * out_stride + i * EXPERT_LANES);
    }
}

#include "transpose_512.h"

#include <string.h>

// Weights unpacked into fp32 lanes, in both directions.

/// bf16 pairs [depth / 2][32][2] as fp32 [depth][32].
static void widen_plain(const uint16_t *pairs, size_t depth, float *out) {
  for (size_t i = 0; i < depth; i += 2)
    for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
      out[i * 32 + lane] = expert_bf16_to_float(pairs[i * 32 + lane * 2]);
      out[i * 32 + 32 + lane] = expert_bf16_to_float(pairs[i * 32 + lane * 2 + 1]);
    }
}

static void rows_forward_plain(const expert_weights *w, size_t panel, size_t k, size_t depth,
                               float *out) {
  for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
    size_t row = panel * EXPERT_LANES + lane;
    const float *from = (const float *)w->values + row * w->stride;
    for (size_t i = 0; i < depth; i++)
      out[i * 32 + lane] = row < w->outputs && k + i < w->inputs ? from[k + i] : 0;
  }
}

static void rows_backward(const expert_weights *w, size_t column, size_t columns, size_t n,
                          size_t depth, float *out, size_t out_stride) {
  for (size_t i = 0; i < depth; i++) {
    const float *row = (const float *)w->values + (n + i) * w->stride;
    for (size_t c = 0; c < columns; c++) {
      size_t k = (column + c) * EXPERT_LANES;
      size_t count = w->inputs - k < EXPERT_LANES ? w->inputs - k : EXPERT_LANES;
      float *to = out + c * out_stride + i * EXPERT_LANES;
      __builtin_prefetch(row + 16 * w->stride + k);
      __builtin_prefetch(row + 16 * w->stride + k + 16);
      if (n + i >= w->outputs) count = 0;
      if (count == EXPERT_LANES) {
        memcpy(to, row + k, EXPERT_LANES * 4);
        continue;
      }
      memset(to, 0, EXPERT_LANES * 4);
      if (count) memcpy(to, row + k, count * 4);
    }
  }
}

/// Transposes a block of 32 × 32.
static void turn_plain(const float *from, float *out) {
  for (size_t n = 0; n < 32; n++)
    for (size_t k = 0; k < 32; k++) out[n * 32 + k] = from[k * 32 + n];
}

#if defined(__x86_64__)

EXPERT_T_AVX512 static void widen_512(const uint16_t *pairs, size_t depth, float *out) {
  const __m512i upper = _mm512_set1_epi32((int)0xffff0000);
  for (size_t i = 0; i < depth; i += 2)
    for (size_t half = 0; half < 2; half++) {
      __m512i both = _mm512_loadu_si512(pairs + i * 32 + half * 32);
      _mm512_storeu_si512(out + i * 32 + half * 16, _mm512_slli_epi32(both, 16));
      _mm512_storeu_si512(out + i * 32 + 32 + half * 16, _mm512_and_si512(both, upper));
    }
}

EXPERT_T_AVX512 static void rows_forward_512(const expert_weights *w, size_t panel, size_t k,
                                             size_t depth, float *out) {
  const float *values = w->values;
  for (size_t half = 0; half < 2; half++) {
    size_t row = panel * EXPERT_LANES + half * 16;
    size_t rows = w->outputs > row ? w->outputs - row : 0;
    for (size_t i = 0; i < depth; i += 16) {
      __mmask16 mask = (__mmask16)expert_mask32(w->inputs > k + i ? w->inputs - k - i : 0);
      __m512i r[16];
      EXPERT_UNROLL
      for (size_t j = 0; j < 16; j++)
        r[j] = _mm512_maskz_loadu_epi32(
            j < rows ? mask : 0, values + (row + (j < rows ? j : 0)) * w->stride + k + i);
      expert_transpose_16(r);
      EXPERT_UNROLL
      for (size_t p = 0; p < 16; p++)
        _mm512_storeu_si512(out + (i + p) * 32 + half * 16, r[p]);
    }
  }
}

EXPERT_T_AVX512 static void turn_512(const float *from, float *out) {
  for (size_t a = 0; a < 32; a += 16)
    for (size_t b = 0; b < 32; b += 16) {
      __m512i r[16];
      EXPERT_UNROLL
      for (size_t i = 0; i < 16; i++) r[i] = _mm512_loadu_si512(from + (a + i) * 32 + b);
      expert_transpose_16(r);
      EXPERT_UNROLL
      for (size_t i = 0; i < 16; i++) _mm512_storeu_si512(out + (b + i) * 32 + a, r[i]);
    }
}

#endif

static void widen(expert_isa isa, const uint16_t *pairs, size_t depth, float *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    widen_512(pairs, depth, out);
    return;
  }
#endif
  (void)isa;
  widen_plain(pairs, depth, out);
}

static void turn(expert_isa isa, const float *from, float *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    turn_512(from, out);
    return;
  }
#endif
  (void)isa;
  turn_plain(from, out);
}

static void forward_rows(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                         size_t depth, float *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    rows_forward_512(w, panel, k, depth, out);
    return;
  }
#endif
  (void)isa;
  rows_forward_plain(w, panel, k, depth, out);
}

const float *expert_forward_floats(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                                   size_t depth, float *out, uint16_t *pairs) {
  switch (w->kind) {
    case EXPERT_PANELS_F32:
      return (const float *)w->values + (panel * w->padded + k) * EXPERT_LANES;
    case EXPERT_ROWS_F32: forward_rows(isa, w, panel, k, depth, out); return out;
    case EXPERT_ROWS_BF16:
    case EXPERT_PANELS_BF16:
      widen(isa, expert_forward_pairs(isa, w, panel, k, depth, pairs), depth, out);
      return out;
    default: expert_decode_floats(isa, w, panel, k, depth, out); return out;
  }
}

void expert_backward_floats(expert_isa isa, const expert_weights *w, size_t column, size_t columns,
                            size_t n, size_t depth, float *out, size_t out_stride) {
  if (w->kind == EXPERT_ROWS_F32) {
    rows_backward(w, column, columns, n, depth, out, out_stride);
    return;
  }
  const int halves = w->kind == EXPERT_ROWS_BF16 || w->kind == EXPERT_PANELS_BF16;
  for (size_t i = 0; i < depth; i += EXPERT_LANES) {
    if (halves) {
      uint16_t pairs[EXPERT_PANEL_GROUP * EXPERT_LANES * EXPERT_LANES] __attribute__((aligned(64)));
      expert_backward_pairs(isa, w, column, columns, n + i, EXPERT_LANES, pairs,
                            EXPERT_LANES * EXPERT_LANES);
      for (size_t c = 0; c < columns; c++)
        widen(isa, pairs + c * EXPERT_LANES * EXPERT_LANES, EXPERT_LANES,
              out + c * out_stride + i * EXPERT_LANES);
      continue;
    }
    for (size_t c = 0; c < columns; c++) {
      float block[EXPERT_LANES * EXPERT_LANES] __attribute__((aligned(64)));
      uint16_t unused[1];
      const float *from =
          expert_forward_floats(isa, w, (n + i) / EXPERT_LANES, (column + c) * EXPERT_LANES,
                                EXPERT_LANES, block, unused);
      turn(isa, from, out + c * out_stride + i * EXPERT_LANES);
    }
  }
}

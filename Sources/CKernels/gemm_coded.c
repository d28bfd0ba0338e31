#include "coded_512.h"

// Panels of codes decoded for products of many rows.

#if defined(__x86_64__)

/// The eight columns of an octet of 16 lanes.
EXPERT_T_AVX512 EXPERT_INLINE void decode_octet(const int eight, const expert_weights *w,
                                                const expert_tables *t, const uint16_t *codes,
                                                const void *scales, size_t half, __m512 out[8]) {
  __m512 scale = expert_scale_vector(w, scales, half * 16);
  __m512 least =
      w->has_least ? expert_scale_vector(w, scales, 32 + half * 16) : _mm512_setzero_ps();
  __m512i low = _mm512_loadu_si512(codes + half * 32);
  __m512i high = eight ? _mm512_loadu_si512(codes + 64 + half * 32) : low;
  EXPERT_UNROLL
  for (unsigned c = 0; c < 8; c++)
    out[c] = _mm512_fmadd_ps(expert_code_values(eight, t, low, high, c), scale, least);
}

EXPERT_T_AVX512 EXPERT_INLINE void floats_512(const int eight, const expert_weights *w,
                                              size_t panel, size_t k, size_t depth, float *out) {
  const expert_tables t = expert_tables_of(w);
  for (size_t i = 0; i < depth; i += 8)
    for (size_t half = 0; half < 2; half++) {
      __m512 value[8];
      decode_octet(eight, w, &t, expert_codes_at(w, panel, k + i),
                   expert_scales_at(w, panel, (k + i) / w->group), half, value);
      EXPERT_UNROLL
      for (size_t c = 0; c < 8; c++) _mm512_storeu_ps(out + (i + c) * 32 + half * 16, value[c]);
    }
}

EXPERT_T_BF16 EXPERT_INLINE void pairs_512(const int eight, const expert_weights *w, size_t panel,
                                           size_t k, size_t depth, uint16_t *out) {
  static const uint16_t zip[32] __attribute__((aligned(64))) = {
      0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
      8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i order = _mm512_load_si512(zip);
  const expert_tables t = expert_tables_of(w);
  for (size_t i = 0; i < depth; i += 8)
    for (size_t half = 0; half < 2; half++) {
      __m512 value[8];
      decode_octet(eight, w, &t, expert_codes_at(w, panel, k + i),
                   expert_scales_at(w, panel, (k + i) / w->group), half, value);
      EXPERT_UNROLL
      for (size_t c = 0; c < 8; c += 2) {
        __m512i both = (__m512i)_mm512_cvtne2ps_pbh(value[c + 1], value[c]);
        _mm512_storeu_si512(out + (i + c) * 32 + half * 32,
                            _mm512_permutexvar_epi16(order, both));
      }
    }
}

EXPERT_T_AVX512 static void floats_of_4(const expert_weights *w, size_t panel, size_t k,
                                        size_t depth, float *out) {
  floats_512(0, w, panel, k, depth, out);
}

EXPERT_T_AVX512 static void floats_of_8(const expert_weights *w, size_t panel, size_t k,
                                        size_t depth, float *out) {
  floats_512(1, w, panel, k, depth, out);
}

EXPERT_T_BF16 static void pairs_of_4(const expert_weights *w, size_t panel, size_t k, size_t depth,
                                     uint16_t *out) {
  pairs_512(0, w, panel, k, depth, out);
}

EXPERT_T_BF16 static void pairs_of_8(const expert_weights *w, size_t panel, size_t k, size_t depth,
                                     uint16_t *out) {
  pairs_512(1, w, panel, k, depth, out);
}

#endif

/// One scale or least value.
static float scale_at(const expert_weights *w, const void *scales, size_t place) {
  return w->wide_scales ? ((const float *)scales)[place]
                        : expert_half_to_float(((const uint16_t *)scales)[place]);
}

/// Columns of one group by plain C: [depth][32].
static void group_plain(const expert_weights *w, size_t panel, size_t k, size_t depth, float *out) {
  const void *scales = expert_scales_at(w, panel, k / w->group);
  const int eight = w->kind == EXPERT_PANELS_8BIT;
  const char *values = (const char *)w->values + panel * expert_panel_bytes(w);
  float scale[EXPERT_LANES], least[EXPERT_LANES];
  for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
    scale[lane] = scale_at(w, scales, lane);
    least[lane] = w->has_least ? scale_at(w, scales, EXPERT_LANES + lane) : 0;
  }
  for (size_t i = 0; i < depth; i++) {
    size_t column = (k + i) % 8;
    const uint16_t *codes = (const uint16_t *)values + (k + i) / 8 * (eight ? 128 : 64);
    codes += column % 2;
    for (size_t lane = 0; lane < EXPERT_LANES; lane++) {
      unsigned low = (codes[lane * 2] >> (column / 2 * 4)) & 15;
      unsigned high = eight ? (codes[64 + lane * 2] >> (column / 2 * 4)) & 15 : 0;
      float value = eight ? (float)(int8_t)(high << 4 | low) : w->table[low];
      out[i * EXPERT_LANES + lane] = value * scale[lane] + least[lane];
    }
  }
}

void expert_decode_floats(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                          size_t depth, float *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) {
    (w->kind == EXPERT_PANELS_8BIT ? floats_of_8 : floats_of_4)(w, panel, k, depth, out);
    return;
  }
#endif
  (void)isa;
  for (size_t i = 0; i < depth;) {
    size_t step = w->group - (k + i) % w->group;
    if (step > depth - i) step = depth - i;
    group_plain(w, panel, k + i, step, out + i * EXPERT_LANES);
    i += step;
  }
}

void expert_decode_pairs(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                         size_t depth, uint16_t *out) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512_BF16) {
    (w->kind == EXPERT_PANELS_8BIT ? pairs_of_8 : pairs_of_4)(w, panel, k, depth, out);
    return;
  }
#endif
  for (size_t i = 0; i < depth; i += EXPERT_LANES) {
    float block[EXPERT_LANES * EXPERT_LANES];
    expert_decode_floats(isa, w, panel, k + i, EXPERT_LANES, block);
    for (size_t c = 0; c < EXPERT_LANES; c++)
      for (size_t lane = 0; lane < EXPERT_LANES; lane++)
        out[(i + c) / 2 * 64 + lane * 2 + c % 2] =
            expert_float_to_bf16(block[c * EXPERT_LANES + lane]);
  }
}

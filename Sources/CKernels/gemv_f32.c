#include "coded_512.h"
#include "gemv_store_512.h"

// A few rows of fp32 times weights from memory, with AVX-512.

#if defined(__x86_64__)

EXPERT_T_AVX512 EXPERT_INLINE void zero(const int m, __m512 sum[4][2]) {
  for (int r = 0; r < m; r++) sum[r][0] = sum[r][1] = _mm512_setzero_ps();
}

EXPERT_T_AVX512 EXPERT_INLINE void store(const int m, const expert_product *p, size_t panel,
                                         size_t row, __m512 sum[4][2]) {
  EXPERT_UNROLL
  for (int r = 0; r < m; r++) expert_gemv_store(p, row + (size_t)r, panel, sum[r][0], sum[r][1]);
}

/// Adds one column of 32 weights times x.
EXPERT_T_AVX512 EXPERT_INLINE void add(const int m, const float *const x[4], size_t k, __m512 low,
                                       __m512 high, __m512 sum[4][2]) {
  EXPERT_UNROLL
  for (int r = 0; r < m; r++) {
    __m512 left = _mm512_set1_ps(x[r][k]);
    sum[r][0] = _mm512_fmadd_ps(left, low, sum[r][0]);
    sum[r][1] = _mm512_fmadd_ps(left, high, sum[r][1]);
  }
}

/// Panels of fp32, or of bf16 pairs widened on the way; even and odd columns are summed apart.
EXPERT_T_AVX512 EXPERT_INLINE void panels(const int halves, const int m, const expert_product *p,
                                          size_t panel, size_t row) {
  const expert_weights *w = p->weights;
  const size_t start = (p->lane_from / EXPERT_LANES + panel) * w->padded * EXPERT_LANES;
  const __m512i upper = _mm512_set1_epi32((int)0xffff0000);
  const float *x[4];
  __m512 even[4][2], odd[4][2];
  for (int r = 0; r < m; r++) x[r] = expert_gemv_values(p, row + (size_t)r);
  zero(m, even);
  zero(m, odd);
  for (size_t k = 0; k < w->padded; k += 2) {
    if (halves) {
      const uint16_t *at = (const uint16_t *)w->values + start + k * EXPERT_LANES;
      _mm_prefetch((const char *)at + 3072, _MM_HINT_T0);
      _mm_prefetch((const char *)at + 3136, _MM_HINT_T0);
      __m512i a = _mm512_loadu_si512(at), b = _mm512_loadu_si512(at + 32);
      add(m, x, k, (__m512)_mm512_slli_epi32(a, 16), (__m512)_mm512_slli_epi32(b, 16), even);
      add(m, x, k + 1, (__m512)_mm512_and_si512(a, upper), (__m512)_mm512_and_si512(b, upper),
          odd);
    } else {
      const float *at = (const float *)w->values + start + k * EXPERT_LANES;
      EXPERT_UNROLL
      for (int line = 0; line < 4; line++)
        _mm_prefetch((const char *)at + 3072 + 64 * line, _MM_HINT_T0);
      add(m, x, k, _mm512_loadu_ps(at), _mm512_loadu_ps(at + 16), even);
      add(m, x, k + 1, _mm512_loadu_ps(at + 32), _mm512_loadu_ps(at + 48), odd);
    }
  }
  EXPERT_UNROLL
  for (int r = 0; r < m; r++)
    for (int half = 0; half < 2; half++)
      even[r][half] = _mm512_add_ps(even[r][half], odd[r][half]);
  store(m, p, panel, row, even);
}

/// Adds 16 columns of one row of W to chain `c` of every row of x.
EXPERT_T_AVX512 EXPERT_INLINE void add_columns(const int m, const expert_product *p, size_t row,
                                               const uint16_t *from, size_t k, uint32_t mask,
                                               size_t c, __m512 sum[4][4]) {
  __m256i narrow = _mm256_maskz_loadu_epi16((__mmask16)mask, from + k);
  __m512 right = (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow), 16);
  EXPERT_UNROLL
  for (int r = 0; r < m; r++) {
    const float *x = expert_gemv_values(p, row + (size_t)r);
    sum[r][c] = _mm512_fmadd_ps(_mm512_loadu_ps(x + k), right, sum[r][c]);
  }
}

/// bf16 rows of W in the mapped file, one after the other as they lie; lanes run along the columns.
EXPERT_T_AVX512 EXPERT_INLINE void mapped(const int m, const expert_product *p, size_t panel,
                                          size_t row) {
  const expert_weights *w = p->weights;
  const uint16_t *from =
      (const uint16_t *)w->values + (p->lane_from + panel * EXPERT_LANES) * w->stride;
  uint32_t lanes = expert_gemv_place(p, row, panel).lanes;
  for (uint32_t lane = 0; lane < lanes; lane++, from += w->stride) {
    __m512 sum[4][4];
    for (int r = 0; r < m; r++)
      for (int c = 0; c < 4; c++) sum[r][c] = _mm512_setzero_ps();
    size_t k = 0;
    for (; k + 64 <= w->inputs; k += 64) {
      EXPERT_UNROLL
      for (size_t c = 0; c < 4; c++) {
        if (c % 2 == 0) _mm_prefetch((const char *)(from + k + 16 * c) + 4096, _MM_HINT_T0);
        add_columns(m, p, row, from, k + 16 * c, 0xffff, c, sum);
      }
    }
    for (; k < w->inputs; k += 16) {
      size_t count = w->inputs - k;
      add_columns(m, p, row, from, k, count >= 16 ? 0xffff : (1u << count) - 1, 0, sum);
    }
    EXPERT_UNROLL
    for (int r = 0; r < m; r++) {
      float *to = expert_gemv_place(p, row + (size_t)r, panel).to + lane;
      float value = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sum[r][0], sum[r][1]),
                                                       _mm512_add_ps(sum[r][2], sum[r][3])));
      *to = p->accumulate ? *to + value : value;
    }
  }
}

EXPERT_T_AVX512 EXPERT_INLINE void coded(const int eight, const int m, const expert_product *p,
                                         size_t panel, size_t row) {
  const expert_weights *w = p->weights;
  const size_t at = p->lane_from / EXPERT_LANES + panel, words = eight ? 128 : 64;
  const expert_tables t = expert_tables_of(w);
  const uint16_t *codes = expert_codes_at(w, at, 0);
  const float *x[4];
  __m512 total[4][2];
  for (int r = 0; r < m; r++) x[r] = expert_gemv_values(p, row + (size_t)r);
  zero(m, total);
  for (size_t g = 0; g < w->padded / w->group; g++) {
    __m512 sum[4][2], other[4][2];
    zero(m, sum);
    zero(m, other);
    for (size_t k = g * w->group; k < (g + 1) * w->group; k += 8, codes += words) {
      __m512i low = _mm512_loadu_si512(codes), high = _mm512_loadu_si512(codes + 32);
      __m512i low_upper = eight ? _mm512_loadu_si512(codes + 64) : low;
      __m512i high_upper = eight ? _mm512_loadu_si512(codes + 96) : high;
      _mm_prefetch((const char *)(codes + 1024), _MM_HINT_T0);
      _mm_prefetch((const char *)(codes + 1056), _MM_HINT_T0);
      EXPERT_UNROLL
      for (unsigned c = 0; c < 8; c++)
        add(m, x, k + c, expert_code_values(eight, &t, low, low_upper, c),
            expert_code_values(eight, &t, high, high_upper, c), c % 2 ? other : sum);
    }
    const void *scales = expert_scales_at(w, at, g);
    EXPERT_UNROLL
    for (size_t half = 0; half < 2; half++) {
      __m512 scale = expert_scale_vector(w, scales, half * 16);
      EXPERT_UNROLL
      for (int r = 0; r < m; r++) {
        __m512 both = _mm512_add_ps(sum[r][half], other[r][half]);
        total[r][half] = _mm512_fmadd_ps(both, scale, total[r][half]);
        if (w->has_least)
          total[r][half] = _mm512_fmadd_ps(
              expert_scale_vector(w, scales, 32 + half * 16),
              _mm512_set1_ps(expert_gemv_sums(p, row + (size_t)r)[g]), total[r][half]);
      }
    }
  }
  store(m, p, panel, row, total);
}

#define CODED_4(m, p, panel, row) coded(0, m, p, panel, row)
#define CODED_8(m, p, panel, row) coded(1, m, p, panel, row)
#define PANELS_16(m, p, panel, row) panels(1, m, p, panel, row)
#define PANELS_32(m, p, panel, row) panels(0, m, p, panel, row)
static expert_gemv_kernel coded_4, coded_8, panels_16, panels_32;
EXPERT_BY_ROWS(EXPERT_T_AVX512 static, coded_4, CODED_4)
EXPERT_BY_ROWS(EXPERT_T_AVX512 static, coded_8, CODED_8)
EXPERT_BY_ROWS(EXPERT_T_AVX512 static, panels_16, PANELS_16)
EXPERT_BY_ROWS(EXPERT_T_AVX512 static, panels_32, PANELS_32)
EXPERT_BY_ROWS(EXPERT_T_AVX512, expert_gemv_f32_rows, mapped)

void expert_gemv_f32_panels(const expert_product *p, size_t panel, size_t row, size_t rows) {
  (p->weights->kind == EXPERT_PANELS_BF16 ? panels_16 : panels_32)(p, panel, row, rows);
}

void expert_gemv_f32_coded(const expert_product *p, size_t panel, size_t row, size_t rows) {
  (p->weights->kind == EXPERT_PANELS_8BIT ? coded_8 : coded_4)(p, panel, row, rows);
}

#endif

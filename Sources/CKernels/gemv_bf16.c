#include "coded_512.h"
#include "gemv_store_512.h"

// A few rows of bf16 times weights from memory.

#if defined(__x86_64__)

/// The sums of one panel: two halves of 16 lanes, each as two chains so that the latency of one
/// addition hides behind the other.
typedef struct {
  __m512 chain[2][2];
} sums;

EXPERT_T_BF16 EXPERT_INLINE sums no_sums(void) {
  __m512 zero = _mm512_setzero_ps();
  sums s = {{{zero, zero}, {zero, zero}}};
  return s;
}

EXPERT_T_BF16 EXPERT_INLINE __m512bh pair_of(const uint32_t *x, size_t pair) {
  return (__m512bh)_mm512_set1_epi32((int)x[pair]);
}

EXPERT_T_BF16 EXPERT_INLINE void panels(const int m, const expert_product *p, size_t panel,
                                        size_t row) {
  const expert_weights *w = p->weights;
  const uint16_t *values = (const uint16_t *)w->values +
                           (p->lane_from / EXPERT_LANES + panel) * w->padded * EXPERT_LANES;
  const uint32_t *x[4];
  sums sum[4];
  for (int r = 0; r < m; r++) {
    x[r] = expert_gemv_values(p, row + (size_t)r);
    sum[r] = no_sums();
  }
  for (size_t pair = 0; pair < w->padded / 2; pair += 2) {
    EXPERT_UNROLL
    for (size_t c = 0; c < 2; c++, values += 64) {
      _mm_prefetch((const char *)values + 3072, _MM_HINT_T0);
      _mm_prefetch((const char *)values + 3136, _MM_HINT_T0);
      __m512bh low = (__m512bh)_mm512_loadu_si512(values);
      __m512bh high = (__m512bh)_mm512_loadu_si512(values + 32);
      EXPERT_UNROLL
      for (int r = 0; r < m; r++) {
        __m512bh left = pair_of(x[r], pair + c);
        sum[r].chain[0][c] = _mm512_dpbf16_ps(sum[r].chain[0][c], left, low);
        sum[r].chain[1][c] = _mm512_dpbf16_ps(sum[r].chain[1][c], left, high);
      }
    }
  }
  EXPERT_UNROLL
  for (int r = 0; r < m; r++)
    expert_gemv_store(p, row + (size_t)r, panel,
                      _mm512_add_ps(sum[r].chain[0][0], sum[r].chain[0][1]),
                      _mm512_add_ps(sum[r].chain[1][0], sum[r].chain[1][1]));
}

/// Adds 32 columns of one row of W to chain `c` of every row of x.
EXPERT_T_BF16 EXPERT_INLINE void add_columns(const int m, const expert_product *p, size_t row,
                                             const uint16_t *from, size_t k, uint32_t mask,
                                             size_t c, __m512 sum[4][4]) {
  __m512bh right = (__m512bh)_mm512_maskz_loadu_epi16(mask, from + k);
  EXPERT_UNROLL
  for (int r = 0; r < m; r++) {
    const uint16_t *x = expert_gemv_values(p, row + (size_t)r);
    sum[r][c] = _mm512_dpbf16_ps(sum[r][c], (__m512bh)_mm512_loadu_si512(x + k), right);
  }
}

/// Rows of W in the mapped file, one after the other as they lie; lanes run along the columns.
EXPERT_T_BF16 EXPERT_INLINE void mapped(const int m, const expert_product *p, size_t panel,
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
    for (; k + 128 <= w->inputs; k += 128) {
      EXPERT_UNROLL
      for (size_t c = 0; c < 4; c++) {
        _mm_prefetch((const char *)(from + k + 32 * c) + 4096, _MM_HINT_T0);
        add_columns(m, p, row, from, k + 32 * c, 0xffffffff, c, sum);
      }
    }
    for (; k < w->inputs; k += 32) {
      size_t count = w->inputs - k;
      add_columns(m, p, row, from, k, count >= 32 ? 0xffffffff : (1u << count) - 1, 0, sum);
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

/// The 16 values as bf16, twice: a look-up takes five bits, the fifth belongs to another code.
EXPERT_T_BF16 EXPERT_INLINE __m512i table_of(const float *values) {
  __m256i half = (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(values));
  return _mm512_broadcast_i64x4(half);
}

/// Codes of four or eight bits: values of codes times x are summed over a group, then scaled.
EXPERT_T_BF16 EXPERT_INLINE void coded(const int eight, const int m, const expert_product *p,
                                       size_t panel, size_t row) {
  const expert_weights *w = p->weights;
  const size_t at = p->lane_from / EXPERT_LANES + panel, words = eight ? 128 : 64;
  const __m512i low = table_of(eight ? expert_low_halves : w->table);
  const __m512i high = table_of(expert_high_halves);
  const uint16_t *codes = expert_codes_at(w, at, 0);
  const uint32_t *x[4];
  __m512 total[4][2];
  for (int r = 0; r < m; r++) {
    x[r] = expert_gemv_values(p, row + (size_t)r);
    total[r][0] = total[r][1] = _mm512_setzero_ps();
  }
  const size_t groups = w->padded / w->group, octets = w->group / 8;
  size_t pair = 0;
  for (size_t g = 0; g < groups; g++) {
    sums sum[4];
    for (int r = 0; r < m; r++) sum[r] = no_sums();
    for (size_t octet = 0; octet < octets; octet++, codes += words) {
      EXPERT_UNROLL
      for (size_t line = 0; line < words; line += 32)
        _mm_prefetch((const char *)(codes + 1024 + line), _MM_HINT_T0);
      EXPERT_UNROLL
      for (int half = 0; half < 2; half++) {
        __m512i lower = _mm512_loadu_si512(codes + half * 32);
        __m512i upper = eight ? _mm512_loadu_si512(codes + 64 + half * 32) : lower;
        EXPERT_UNROLL
        for (unsigned j = 0; j < 4; j++) {
          __m512bh right = (__m512bh)_mm512_permutexvar_epi16(_mm512_srli_epi16(lower, 4 * j), low);
          __m512bh more = (__m512bh)_mm512_permutexvar_epi16(_mm512_srli_epi16(upper, 4 * j), high);
          EXPERT_UNROLL
          for (int r = 0; r < m; r++) {
            __m512 *chain = sum[r].chain[half];
            __m512bh left = pair_of(x[r], pair + j);
            chain[j % 2] = _mm512_dpbf16_ps(chain[j % 2], left, right);
            if (eight) chain[1 - j % 2] = _mm512_dpbf16_ps(chain[1 - j % 2], left, more);
          }
        }
      }
      pair += 4;
    }
    const void *scales = expert_scales_at(w, at, g);
    _mm_prefetch((const char *)scales + 1024, _MM_HINT_T0);
    if (w->has_least) _mm_prefetch((const char *)scales + 1088, _MM_HINT_T0);
    EXPERT_UNROLL
    for (size_t half = 0; half < 2; half++) {
      __m512 scale = expert_scale_vector(w, scales, half * 16);
      __m512 least =
          w->has_least ? expert_scale_vector(w, scales, 32 + half * 16) : _mm512_setzero_ps();
      EXPERT_UNROLL
      for (int r = 0; r < m; r++) {
        __m512 both = _mm512_add_ps(sum[r].chain[half][0], sum[r].chain[half][1]);
        total[r][half] = _mm512_fmadd_ps(both, scale, total[r][half]);
        if (w->has_least)
          total[r][half] = _mm512_fmadd_ps(
              least, _mm512_set1_ps(expert_gemv_sums(p, row + (size_t)r)[g]), total[r][half]);
      }
    }
  }
  EXPERT_UNROLL
  for (int r = 0; r < m; r++)
    expert_gemv_store(p, row + (size_t)r, panel, total[r][0], total[r][1]);
}

#define CODED_4(m, p, panel, row) coded(0, m, p, panel, row)
#define CODED_8(m, p, panel, row) coded(1, m, p, panel, row)
static expert_gemv_kernel coded_4, coded_8;
EXPERT_BY_ROWS(EXPERT_T_BF16 static, coded_4, CODED_4)
EXPERT_BY_ROWS(EXPERT_T_BF16 static, coded_8, CODED_8)
EXPERT_BY_ROWS(EXPERT_T_BF16, expert_gemv_bf16_panels, panels)
EXPERT_BY_ROWS(EXPERT_T_BF16, expert_gemv_bf16_rows, mapped)

void expert_gemv_bf16_coded(const expert_product *p, size_t panel, size_t row, size_t rows) {
  (p->weights->kind == EXPERT_PANELS_8BIT ? coded_8 : coded_4)(p, panel, row, rows);
}

#endif

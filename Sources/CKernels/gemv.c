#include "gemm_internal.h"

#include <string.h>

// Products of few rows: preparation of x, the choice of a kernel, and the kernels in plain C.

int expert_gemv_can(expert_isa isa, const expert_weights *w) {
  (void)isa;
  return w->kind != EXPERT_ROWS_F32;
}

size_t expert_gemv_left_bytes(const expert_weights *w, size_t rows) {
  return rows * expert_gemv_stride(w);
}

/// Rounds a row in place to bf16 pairs.
static void narrow(const float *x, size_t count, uint16_t *out) {
  for (size_t k = 0; k < count; k++) out[k] = expert_float_to_bf16(x[k]);
}

void expert_gemv_prepare(const expert_product *p, const float *x, size_t row_stride, void *left) {
  const expert_weights *w = p->weights;
  for (size_t row = 0; row < p->rows; row++) {
    char *to = (char *)left + row * expert_gemv_stride(w);
    const float *from = x + row * row_stride;
    float *sums = (float *)(to + w->padded * 4);
    memset(to, 0, w->padded * 4);
    if (p->compute == EXPERT_COMPUTE_BF16)
      narrow(from, w->inputs, (uint16_t *)to);
    else
      memcpy(to, from, w->inputs * 4);
    if (!w->has_least) continue;
    for (size_t g = 0; g < w->padded / w->group; g++) {
      float sum = 0;
      for (size_t k = g * w->group; k < (g + 1) * w->group; k++)
        sum += p->compute == EXPERT_COMPUTE_BF16 ? expert_bf16_to_float(((uint16_t *)to)[k])
                                                 : ((float *)to)[k];
      sums[g] = sum;
    }
  }
}

/// Weights unpacked 32 columns at a time, times x.
EXPERT_INLINE void unpacked(const expert_product *p, size_t panel, size_t row, size_t rows) {
  const expert_weights *w = p->weights;
  float sum[4][EXPERT_LANES] = {{0}};
  for (size_t k = 0; k < w->padded; k += EXPERT_LANES) {
    float block[EXPERT_LANES * EXPERT_LANES];
    uint16_t pairs[EXPERT_LANES * EXPERT_LANES];
    const float *right = expert_forward_floats(p->isa, w, p->lane_from / EXPERT_LANES + panel, k,
                                               EXPERT_LANES, block, pairs);
    for (size_t r = 0; r < rows; r++) {
      const float *x = (const float *)expert_gemv_values(p, row + r) + k;
      for (size_t i = 0; i < EXPERT_LANES; i++)
        for (size_t lane = 0; lane < EXPERT_LANES; lane++)
          sum[r][lane] += x[i] * right[i * EXPERT_LANES + lane];
    }
  }
  for (size_t r = 0; r < rows; r++) {
    expert_place place = expert_gemv_place(p, row + r, panel);
    for (uint32_t lane = 0; lane < place.lanes; lane++)
      place.to[lane] = p->accumulate ? place.to[lane] + sum[r][lane] : sum[r][lane];
  }
}

void expert_gemv_plain(const expert_product *p, size_t panel, size_t row, size_t rows) {
  unpacked(p, panel, row, rows);
}

#if defined(__x86_64__)
EXPERT_T_AVX2 void expert_gemv_avx2(const expert_product *p, size_t panel, size_t row,
                                    size_t rows) {
  unpacked(p, panel, row, rows);
}
#endif

static expert_gemv_kernel *kernel_for(const expert_product *p) {
#if defined(__x86_64__)
  expert_weight_kind kind = p->weights->kind;
  int coded = kind == EXPERT_PANELS_4BIT || kind == EXPERT_PANELS_8BIT;
  if (p->compute == EXPERT_COMPUTE_BF16) {
    if (coded) return expert_gemv_bf16_coded;
    return kind == EXPERT_ROWS_BF16 ? expert_gemv_bf16_rows : expert_gemv_bf16_panels;
  }
  if (p->isa >= EXPERT_ISA_AVX512) {
    if (coded) return expert_gemv_f32_coded;
    return kind == EXPERT_ROWS_BF16 ? expert_gemv_f32_rows : expert_gemv_f32_panels;
  }
  if (p->isa == EXPERT_ISA_AVX2) return expert_gemv_avx2;
#endif
  (void)p;
  return expert_gemv_plain;
}

void expert_gemv(const expert_product *p, size_t panel_from, size_t panel_to) {
  expert_gemv_kernel *kernel = kernel_for(p);
  for (size_t panel = panel_from; panel < panel_to; panel++)
    for (size_t row = 0; row < p->rows; row += 4)
      kernel(p, panel, row, p->rows - row < 4 ? p->rows - row : 4);
}

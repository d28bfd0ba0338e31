#pragma once
#include "CKernels.h"
#include "gemm.h"
#include "gemv.h"
#include "weights.h"

// What the kernels of the products share; no interface of the module.

#if defined(__x86_64__)
#include <immintrin.h>
#define EXPERT_T_AVX2 __attribute__((target("avx2,fma")))
#define EXPERT_T_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define EXPERT_T_BF16 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")))
// Bytes are multiplied with EXPERT_ISA_AVX512_BF16, which is chosen only where both can be.
#define EXPERT_T_VNNI \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))
#endif
#define EXPERT_INLINE static inline __attribute__((always_inline))
#define EXPERT_UNROLL _Pragma("clang loop unroll(full)")

/// Depth of one block of a product: panels of a block stay in the second-level cache.
enum { EXPERT_DEPTH_BF16 = 1024, EXPERT_DEPTH_F32 = 512 };

/// Panels that are unpacked together in the backward direction: 128 columns, so that rows are read
/// in runs of several cache lines.
enum { EXPERT_PANEL_GROUP = 4 };

/// Rows of a full register tile.
enum { EXPERT_TILE_512 = 14, EXPERT_TILE_AVX2 = 6, EXPERT_TILE_PLAIN = 4 };

/// Where the scales of group `group` of panel `panel` start: 32 scales, then 32 least values.
EXPERT_INLINE const void *expert_scales_at(const expert_weights *w, size_t panel, size_t group) {
  size_t entry = (panel * (w->padded / w->group) + group) * (w->has_least ? 64 : 32);
  return (const char *)w->scales + entry * (w->wide_scales ? 4 : 2);
}

/// One register tile: c [mr, lanes] (+)= alpha · a [depth, mr] · b [depth, 32].
typedef struct {
  const void *a;
  const void *b;
  float *c;
  size_t c_stride;
  size_t depth;
  float alpha;
  uint32_t lanes;
  int accumulate;
} expert_tile;

void expert_tile_bf16_512(int mr, const expert_tile *tile);
void expert_tile_f32_512(int mr, const expert_tile *tile);
void expert_tile_f32_avx2(int mr, const expert_tile *tile);
void expert_tile_f32_plain(int mr, const expert_tile *tile);

// The left operand of products of eight bits: what rounding left of each row, then from
// `expert_left_codes` on blocks of rows [words][rows of the block] of four codes each.

/// The scale of a row's codes, over the width of the rotation, and −128 times their sum: what the
/// 128 that is added to each code of the right side contributes.
typedef struct {
  float scale;
  int32_t start;
} expert_rounded_row;

/// Bytes before the codes.
EXPERT_INLINE size_t expert_left_codes(size_t rows) {
  return (rows * sizeof(expert_rounded_row) + 63) & ~(size_t)63;
}

/// Words of four codes of a packed row: whole vectors.
EXPERT_INLINE size_t expert_words(size_t depth) { return (depth + 63) / 64 * 16; }

/// `expert_pack_left` for products of eight bits.
void expert_pack_bytes(expert_isa isa, const float *x, size_t rows, size_t depth, size_t row_stride,
                       size_t from, size_t to, void *left, void *scratch);

/// `expert_product_tile` for products of eight bits.
void expert_product_tile_int8(const expert_product *product, size_t panel_from, size_t panel_to,
                              size_t block_from, size_t block_to);

/// Columns [k, k + depth) of the 32 rows of panel `panel` as bf16 pairs [depth / 2][32][2]; returns
/// them where they lie, or unpacked into `out`. k and depth are divisible by 32.
const uint16_t *expert_forward_pairs(expert_isa isa, const expert_weights *w, size_t panel,
                                     size_t k, size_t depth, uint16_t *out);

/// The same as fp32 [depth][32].
const float *expert_forward_floats(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                                   size_t depth, float *out, uint16_t *pairs);

/// Rows [n, n + depth) of columns 32 · column … 32 · (column + columns) as bf16 pairs of rows,
/// [columns][depth / 2][32][2], columns `out_stride` elements apart.
void expert_backward_pairs(expert_isa isa, const expert_weights *w, size_t column, size_t columns,
                           size_t n, size_t depth, uint16_t *out, size_t out_stride);

/// The same as fp32 [columns][depth][32].
void expert_backward_floats(expert_isa isa, const expert_weights *w, size_t column, size_t columns,
                            size_t n, size_t depth, float *out, size_t out_stride);

/// Columns of a panel of codes as bf16 pairs (see `expert_forward_pairs`).
void expert_decode_pairs(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                         size_t depth, uint16_t *out);

/// Columns of a panel of codes as fp32 [depth][32].
void expert_decode_floats(expert_isa isa, const expert_weights *w, size_t panel, size_t k,
                          size_t depth, float *out);

// The left operand of products of few rows: for each row, `padded` values (bf16 or fp32), then the
// sum of each group.

/// Bytes from one prepared row to the next.
EXPERT_INLINE size_t expert_gemv_stride(const expert_weights *w) {
  size_t groups = w->group ? w->padded / w->group : 0;
  return (w->padded * 4 + groups * 4 + 63) & ~(size_t)63;
}

/// The values of prepared row `row`.
EXPERT_INLINE const void *expert_gemv_values(const expert_product *p, size_t row) {
  return (const char *)p->left + row * expert_gemv_stride(p->weights);
}

/// The group sums of prepared row `row`.
EXPERT_INLINE const float *expert_gemv_sums(const expert_product *p, size_t row) {
  return (const float *)((const char *)expert_gemv_values(p, row) + p->weights->padded * 4);
}

/// Where the results of `row` for panel `panel` (counted from `lane_from`) go, and how many lanes.
typedef struct {
  float *to;
  uint32_t lanes;
} expert_place;

EXPERT_INLINE expert_place expert_gemv_place(const expert_product *p, size_t row, size_t panel) {
  size_t left = p->lanes - panel * EXPERT_LANES;
  expert_place place = {p->out + row * p->out_stride + panel * EXPERT_LANES,
                        (uint32_t)(left < EXPERT_LANES ? left : EXPERT_LANES)};
  return place;
}

/// Kernels of one panel and `rows` rows (1 … 4) from `row` on.
typedef void expert_gemv_kernel(const expert_product *p, size_t panel, size_t row, size_t rows);
expert_gemv_kernel expert_gemv_bf16_panels, expert_gemv_bf16_rows, expert_gemv_bf16_coded;
expert_gemv_kernel expert_gemv_f32_panels, expert_gemv_f32_rows, expert_gemv_f32_coded;
expert_gemv_kernel expert_gemv_plain, expert_gemv_avx2;

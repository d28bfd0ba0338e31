#include "gemm_internal.h"

// Products of eight bits: four neighbouring codes of the depth are multiplied and added into a sum
// of whole numbers by one instruction, twice what bf16 does. Sums stay below 2³¹ up to a depth of
// 66,000.

#pragma STDC FP_CONTRACT OFF

/// One register tile: c [mr, lanes] (+)= alpha · scale_i · scale_lane · (sum of codes).
typedef struct {
  const uint32_t *a;
  const uint8_t *b;
  const expert_rounded_row *rows;
  /// Of 32 lanes.
  const float *scales;
  float *c;
  size_t c_stride;
  size_t words;
  float alpha;
  uint32_t lanes;
  int accumulate;
} bytes_tile;

#if defined(__x86_64__)

EXPERT_T_VNNI EXPERT_INLINE void store(const bytes_tile *t, int row, int vector, __m512i sum) {
  float *c = t->c + (size_t)row * t->c_stride + 16 * vector;
  uint32_t lanes = t->lanes - 16u * (uint32_t)vector;
  __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(t->scales + 16 * vector));
  value = _mm512_mul_ps(value, _mm512_set1_ps(t->rows[row].scale * t->alpha));
  if (lanes >= 16) {
    if (t->accumulate) value = _mm512_add_ps(_mm512_loadu_ps(c), value);
    _mm512_storeu_ps(c, value);
    return;
  }
  __mmask16 mask = (__mmask16)((1u << lanes) - 1);
  if (t->accumulate) value = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, c), value);
  _mm512_mask_storeu_ps(c, mask, value);
}

EXPERT_T_VNNI EXPERT_INLINE void tile(const int mr, const int vectors, const bytes_tile *t) {
  const uint32_t *a = t->a;
  const uint8_t *b = t->b;
  __m512i sum[EXPERT_TILE_512][2];
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) {
      sum[i][v] = _mm512_set1_epi32(t->rows[i].start);
      __builtin_prefetch(t->c + (size_t)i * t->c_stride + 16 * v, 1);
    }
  for (size_t word = 0; word < t->words; word++) {
    __m512i right[2];
    EXPERT_UNROLL
    for (int v = 0; v < vectors; v++) right[v] = _mm512_loadu_si512(b + 64 * v);
    EXPERT_UNROLL
    for (int i = 0; i < mr; i++) {
      __m512i left = _mm512_set1_epi32((int)a[i]);
      for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_dpbusd_epi32(sum[i][v], right[v], left);
    }
    a += mr;
    b += 128;
  }
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) store(t, i, v, sum[i][v]);
}

#define TILE(mr)                                                    \
  EXPERT_T_VNNI static void tile_##mr(const bytes_tile *t) {        \
    if (t->lanes > 16) tile(mr, 2, t); else tile(mr, 1, t);         \
  }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7)
TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)

static void tile_vnni(int mr, const bytes_tile *t) {
  static void (*const tiles[])(const bytes_tile *) = {
      tile_1, tile_2, tile_3, tile_4, tile_5, tile_6, tile_7,
      tile_8, tile_9, tile_10, tile_11, tile_12, tile_13, tile_14};
  tiles[mr - 1](t);
}

#endif

EXPERT_INLINE void tile_of_c(int mr, const bytes_tile *t) {
  const int8_t *a = (const int8_t *)t->a;
  const uint8_t *b = t->b;
  int32_t sum[EXPERT_TILE_512][EXPERT_LANES];
  for (int i = 0; i < mr; i++)
    for (int lane = 0; lane < EXPERT_LANES; lane++) sum[i][lane] = t->rows[i].start;
  for (size_t word = 0; word < t->words; word++, a += 4 * mr, b += 4 * EXPERT_LANES)
    for (int i = 0; i < mr; i++)
      for (int lane = 0; lane < EXPERT_LANES; lane++)
        for (int h = 0; h < 4; h++) sum[i][lane] += a[4 * i + h] * b[4 * lane + h];
  for (int i = 0; i < mr; i++)
    for (uint32_t lane = 0; lane < t->lanes; lane++) {
      float *c = t->c + (size_t)i * t->c_stride + lane;
      float value = (float)sum[i][lane] * t->scales[lane];
      value = value * (t->rows[i].scale * t->alpha);
      *c = t->accumulate ? *c + value : value;
    }
}

static void tile_plain(int mr, const bytes_tile *t) { tile_of_c(mr, t); }

#if defined(__x86_64__)
EXPERT_T_AVX2 static void tile_avx2(int mr, const bytes_tile *t) { tile_of_c(mr, t); }
#endif

static void run_tile(expert_isa isa, int mr, const bytes_tile *t) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512_BF16) {
    tile_vnni(mr, t);
    return;
  }
  if (isa >= EXPERT_ISA_AVX2) {
    tile_avx2(mr, t);
    return;
  }
#endif
  (void)isa;
  tile_plain(mr, t);
}

/// Up to EXPERT_PANEL_GROUP panels times the row blocks: a block is read from the nearest cache for
/// all but the first of them.
static void multiply(const expert_product *p, size_t from, size_t to, size_t block_from,
                     size_t block_to) {
  const expert_weights *w = p->weights;
  size_t blocks = expert_row_blocks(p->isa, p->rows), words = expert_words(p->depth);
  const expert_rounded_row *rounded = p->left;
  const char *packed = (const char *)p->left + expert_left_codes(p->rows);
  size_t first = p->lane_from / EXPERT_LANES, panel_bytes = expert_panel_bytes(w);
  bytes_tile tile = {.c_stride = p->out_stride,
                     .words = w->padded / 4,
                     .alpha = p->alpha,
                     .accumulate = p->accumulate};
  for (size_t block = block_from; block < block_to; block++) {
    size_t row = block * p->rows / blocks, count = (block + 1) * p->rows / blocks - row;
    tile.a = (const uint32_t *)(packed + row * words * 4);
    tile.rows = rounded + row;
    for (size_t panel = from; panel < to; panel++) {
      size_t left = p->lanes - panel * EXPERT_LANES;
      tile.b = (const uint8_t *)w->values + (first + panel) * panel_bytes;
      tile.scales = (const float *)w->scales + (first + panel) * EXPERT_LANES;
      tile.c = p->out + row * p->out_stride + panel * EXPERT_LANES;
      tile.lanes = (uint32_t)(left < EXPERT_LANES ? left : EXPERT_LANES);
      run_tile(p->isa, (int)count, &tile);
    }
  }
}

void expert_product_tile_int8(const expert_product *p, size_t panel_from, size_t panel_to,
                              size_t block_from, size_t block_to) {
  for (size_t panel = panel_from; panel < panel_to; panel += EXPERT_PANEL_GROUP) {
    size_t end = panel + EXPERT_PANEL_GROUP < panel_to ? panel + EXPERT_PANEL_GROUP : panel_to;
    multiply(p, panel, end, block_from, block_to);
  }
}

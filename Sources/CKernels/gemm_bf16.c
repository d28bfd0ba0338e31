#include "tile_store_512.h"

// Register tiles of bf16 products: pairs of the depth are multiplied and added into fp32 by one
// instruction. 14 × 32 sums use 28 of the 32 vector registers.

#if defined(__x86_64__)

EXPERT_T_BF16 EXPERT_INLINE void tile(const int mr, const int vectors, const expert_tile *t) {
  const uint32_t *a = t->a;
  const char *b = t->b;
  __m512 sum[EXPERT_TILE_512][2];
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_setzero_ps();
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++)
      __builtin_prefetch(t->c + (size_t)i * t->c_stride + 16 * v, 1);
  for (size_t pair = 0; pair < t->depth / 2; pair++) {
    __m512bh right[2];
    EXPERT_UNROLL
    for (int v = 0; v < vectors; v++) right[v] = (__m512bh)_mm512_loadu_si512(b + 64 * v);
    EXPERT_UNROLL
    for (int i = 0; i < mr; i++) {
      __m512bh left = (__m512bh)_mm512_set1_epi32((int)a[i]);
      for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_dpbf16_ps(sum[i][v], left, right[v]);
    }
    a += mr;
    b += 128;
  }
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) expert_tile_store(t, i, v, sum[i][v]);
}

#define TILE(mr)                                                    \
  EXPERT_T_BF16 static void tile_##mr(const expert_tile *t) {       \
    if (t->lanes > 16) tile(mr, 2, t); else tile(mr, 1, t);         \
  }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7)
TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)

void expert_tile_bf16_512(int mr, const expert_tile *t) {
  static void (*const tiles[])(const expert_tile *) = {
      tile_1, tile_2, tile_3, tile_4, tile_5, tile_6, tile_7,
      tile_8, tile_9, tile_10, tile_11, tile_12, tile_13, tile_14};
  tiles[mr - 1](t);
}

#else

void expert_tile_bf16_512(int mr, const expert_tile *t) { expert_tile_f32_plain(mr, t); }

#endif

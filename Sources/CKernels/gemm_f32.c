#include "tile_store_512.h"

// Register tiles of fp32 products: 14 × 32 with AVX-512, 6 × 16 with AVX2, 4 × 16 in plain C.

#if defined(__x86_64__)

EXPERT_T_AVX512 EXPERT_INLINE void tile_512(const int mr, const int vectors,
                                            const expert_tile *t) {
  const float *a = t->a, *b = t->b;
  __m512 sum[EXPERT_TILE_512][2];
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_setzero_ps();
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++)
      __builtin_prefetch(t->c + (size_t)i * t->c_stride + 16 * v, 1);
  for (size_t k = 0; k < t->depth; k++) {
    __m512 right[2];
    EXPERT_UNROLL
    for (int v = 0; v < vectors; v++) right[v] = _mm512_loadu_ps(b + 16 * v);
    EXPERT_UNROLL
    for (int i = 0; i < mr; i++) {
      __m512 left = _mm512_set1_ps(a[i]);
      for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_fmadd_ps(left, right[v], sum[i][v]);
    }
    a += mr;
    b += EXPERT_LANES;
  }
  EXPERT_UNROLL
  for (int i = 0; i < mr; i++)
    for (int v = 0; v < vectors; v++) expert_tile_store(t, i, v, sum[i][v]);
}

#define TILE(mr)                                                        \
  EXPERT_T_AVX512 static void tile_512_##mr(const expert_tile *t) {     \
    if (t->lanes > 16) tile_512(mr, 2, t); else tile_512(mr, 1, t);     \
  }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7)
TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)

void expert_tile_f32_512(int mr, const expert_tile *t) {
  static void (*const tiles[])(const expert_tile *) = {
      tile_512_1, tile_512_2, tile_512_3, tile_512_4, tile_512_5, tile_512_6, tile_512_7,
      tile_512_8, tile_512_9, tile_512_10, tile_512_11, tile_512_12, tile_512_13, tile_512_14};
  tiles[mr - 1](t);
}

/// Adds a finished half tile of 16 lanes to c, or writes it; `lanes` of them are wanted.
EXPERT_T_AVX2 EXPERT_INLINE void store_avx2(const expert_tile *t, int row, uint32_t lane,
                                            __m256 low, __m256 high) {
  float *c = t->c + (size_t)row * t->c_stride + lane;
  __m256 alpha = _mm256_set1_ps(t->alpha);
  low = _mm256_mul_ps(low, alpha);
  high = _mm256_mul_ps(high, alpha);
  if (t->lanes >= lane + 16) {
    if (t->accumulate) {
      low = _mm256_add_ps(low, _mm256_loadu_ps(c));
      high = _mm256_add_ps(high, _mm256_loadu_ps(c + 8));
    }
    _mm256_storeu_ps(c, low);
    _mm256_storeu_ps(c + 8, high);
    return;
  }
  float buffer[16];
  _mm256_storeu_ps(buffer, low);
  _mm256_storeu_ps(buffer + 8, high);
  for (uint32_t j = 0; j < t->lanes - lane; j++)
    c[j] = t->accumulate ? c[j] + buffer[j] : buffer[j];
}

EXPERT_T_AVX2 EXPERT_INLINE void tile_avx2(const int mr, const expert_tile *t) {
  for (uint32_t lane = 0; lane < t->lanes; lane += 16) {
    const float *a = t->a, *b = (const float *)t->b + lane;
    __m256 sum[EXPERT_TILE_AVX2][2];
    EXPERT_UNROLL
    for (int i = 0; i < mr; i++) sum[i][0] = sum[i][1] = _mm256_setzero_ps();
    for (size_t k = 0; k < t->depth; k++) {
      __m256 low = _mm256_loadu_ps(b), high = _mm256_loadu_ps(b + 8);
      EXPERT_UNROLL
      for (int i = 0; i < mr; i++) {
        __m256 left = _mm256_broadcast_ss(a + i);
        sum[i][0] = _mm256_fmadd_ps(left, low, sum[i][0]);
        sum[i][1] = _mm256_fmadd_ps(left, high, sum[i][1]);
      }
      a += mr;
      b += EXPERT_LANES;
    }
    EXPERT_UNROLL
    for (int i = 0; i < mr; i++) store_avx2(t, i, lane, sum[i][0], sum[i][1]);
  }
}

#define TILE_AVX2(mr) \
  EXPERT_T_AVX2 static void tile_avx2_##mr(const expert_tile *t) { tile_avx2(mr, t); }
TILE_AVX2(1) TILE_AVX2(2) TILE_AVX2(3) TILE_AVX2(4) TILE_AVX2(5) TILE_AVX2(6)

void expert_tile_f32_avx2(int mr, const expert_tile *t) {
  static void (*const tiles[])(const expert_tile *) = {tile_avx2_1, tile_avx2_2, tile_avx2_3,
                                                       tile_avx2_4, tile_avx2_5, tile_avx2_6};
  tiles[mr - 1](t);
}

#else

void expert_tile_f32_512(int mr, const expert_tile *t) { expert_tile_f32_plain(mr, t); }
void expert_tile_f32_avx2(int mr, const expert_tile *t) { expert_tile_f32_plain(mr, t); }

#endif

/// Four lanes; the compiler has registers for them on every processor.
typedef float lanes4 __attribute__((vector_size(16), aligned(4)));

EXPERT_INLINE void tile_plain(const int mr, const expert_tile *t) {
  for (uint32_t lane = 0; lane < t->lanes; lane += 16) {
    const float *a = t->a, *b = (const float *)t->b + lane;
    lanes4 sum[EXPERT_TILE_PLAIN][4] = {0};
    for (size_t k = 0; k < t->depth; k++) {
      lanes4 right[4];
      __builtin_memcpy(right, b, sizeof right);
      EXPERT_UNROLL
      for (int i = 0; i < mr; i++)
        for (int v = 0; v < 4; v++) sum[i][v] += right[v] * a[i];
      a += mr;
      b += EXPERT_LANES;
    }
    uint32_t count = t->lanes - lane < 16 ? t->lanes - lane : 16;
    for (int i = 0; i < mr; i++) {
      float *c = t->c + (size_t)i * t->c_stride + lane, row[16];
      __builtin_memcpy(row, sum[i], sizeof row);
      for (uint32_t j = 0; j < count; j++)
        c[j] = t->accumulate ? c[j] + t->alpha * row[j] : t->alpha * row[j];
    }
  }
}

void expert_tile_f32_plain(int mr, const expert_tile *t) {
  switch (mr) {
    case 1: tile_plain(1, t); break;
    case 2: tile_plain(2, t); break;
    case 3: tile_plain(3, t); break;
    default: tile_plain(4, t); break;
  }
}

// Products of bf16 pairs with sums in fp32 (vdpbf16ps), where the processor has them: an element of
// A and a lane of B are two neighbouring factors along the sum, in 32 bits.
//
// vdpbf16ps rounds to nearest and takes denormal factors as zero.
#pragma once
#include "lanes.h"

#if NARROW
/// Each two rows of x become one row of pairs: to[row / 2][column] = (x[row], x[row + 1]); an odd
/// last row is paired with zeros. `width` is a multiple of LANES.
static void pair_rows(const float *x, size_t stride, size_t rows, size_t width, uint32_t *to) {
  for (size_t row = 0; row < rows; row += 2, to += width)
    for (size_t i = 0; i < width; i += LANES) {
      const V low = load(x + row * stride + i);
      const V high = row + 1 < rows ? load(x + (row + 1) * stride + i) : (V){0};
      const __m512i first = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)low));
      const __m512i second = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)high));
      _mm512_storeu_si512(to + i, _mm512_or_si512(first, _mm512_slli_epi32(second, 16)));
    }
}

/// Each row becomes pairs of its neighbouring elements: to[row][column / 2].
static void pair_columns(const float *x, size_t stride, size_t rows, size_t width, uint32_t *to) {
  for (size_t row = 0; row < rows; row++, to += width / 2)
    for (size_t i = 0; i < width; i += LANES)
      _mm256_storeu_si256(
          (__m256i *)(to + i / 2),
          (__m256i)_mm512_cvtneps_pbh((__m512)load(x + row * stride + i)));
}

INLINE void narrow_block(
    size_t rows, size_t columns, size_t depth, const uint32_t *a, size_t am, size_t ak,
    const uint32_t *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  __m512 sums[6][4];
#pragma clang loop unroll(full)
  for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++)
      sums[m][n] = accumulate ? _mm512_loadu_ps(c + m * c_stride + n * LANES) : _mm512_setzero_ps();
  for (size_t k = 0; k < depth; k++, a += ak, b += b_stride) {
    __m512i row[4];
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++) row[n] = _mm512_loadu_si512(b + n * LANES);
#pragma clang loop unroll(full)
    for (size_t m = 0; m < rows; m++) {
      const __m512i factor = _mm512_set1_epi32((int)a[m * am]);
#pragma clang loop unroll(full)
      for (size_t n = 0; n < columns; n++)
        sums[m][n] = _mm512_dpbf16_ps(sums[m][n], (__m512bh)factor, (__m512bh)row[n]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++)
      _mm512_storeu_ps(c + m * c_stride + n * LANES, sums[m][n]);
}

INLINE void narrow_panel(
    size_t columns, size_t rows, size_t depth, const uint32_t *a, size_t am, size_t ak,
    const uint32_t *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t m = 0;
  for (; m + 6 <= rows; m += 6)
    narrow_block(
        6, columns, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride, accumulate);
#define REST(count)                                                                         \
  case count:                                                                               \
    narrow_block(                                                                           \
        count, columns, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride, \
        accumulate);                                                                        \
    break;
  switch (rows - m) { REST(1) REST(2) REST(3) REST(4) REST(5) }
#undef REST
}

/// C [rows, width] (+)= A B over `depth` pairs; `width` is a multiple of LANES.
static void narrow_product(
    size_t rows, size_t width, size_t depth, const uint32_t *a, size_t am, size_t ak,
    const uint32_t *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t n = 0;
  for (; n + 4 * LANES <= width; n += 4 * LANES)
    narrow_panel(4, rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
  for (; n < width; n += LANES)
    narrow_panel(1, rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
}

#else
// Never called: `narrow_fits` is false.
#define pair_rows(x, stride, rows, width, to) ((void)(to))
#define pair_columns(x, stride, rows, width, to) ((void)(to))
#define narrow_product(rows, width, depth, a, am, ak, b, b_stride, c, c_stride, accumulate) \
  ((void)(a), (void)(b))
#endif

/// Whether heads of this width can be multiplied as pairs.
INLINE bool narrow_fits(size_t width) { return NARROW && width % LANES == 0; }

// Plain products of small or thin fp32 matrices, their factors read where they lie.
#pragma once
#include "lanes.h"

// Sums held at once: a block of ROWS × COLUMNS vectors, or of TALL × 1 where C is narrow.
#if LANES == 16
enum { ROWS = 6, COLUMNS = 4, TALL = 16 };
#else
enum { ROWS = 4, COLUMNS = 2, TALL = 8 };
#endif

/// C [rows, columns·LANES] (+)= Σₖ A(m, k) · B[k], A(m, k) = a[m·am + k·ak].
INLINE void product_block(
    size_t rows, size_t columns, size_t depth, const float *a, size_t am, size_t ak,
    const float *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  V sums[TALL][COLUMNS];
#pragma clang loop unroll(full)
  for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++)
      sums[m][n] = accumulate ? load(c + m * c_stride + n * LANES) : (V){0};
  for (size_t k = 0; k < depth; k++, a += ak, b += b_stride) {
    V row[COLUMNS];
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++) row[n] = load(b + n * LANES);
#pragma clang loop unroll(full)
    for (size_t m = 0; m < rows; m++) {
      const V factor = all(a[m * am]);
#pragma clang loop unroll(full)
      for (size_t n = 0; n < columns; n++) sums[m][n] = factor * row[n] + sums[m][n];
    }
  }
#pragma clang loop unroll(full)
  for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++) store(c + m * c_stride + n * LANES, sums[m][n]);
}

/// The same over any number of rows.
INLINE void product_panel(
    size_t columns, size_t rows, size_t depth, const float *a, size_t am, size_t ak,
    const float *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t m = 0;
  for (; m + ROWS <= rows; m += ROWS)
    product_block(
        ROWS, columns, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride,
        accumulate);
#define REST(count)                                                                         \
  case count:                                                                               \
    product_block(                                                                          \
        count, columns, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride, \
        accumulate);                                                                        \
    break;
  switch (rows - m) {
    REST(1) REST(2) REST(3)
#if LANES == 16
    REST(4) REST(5)
#endif
  }
#undef REST
}

/// C [rows, LANES] (+)= A B: enough rows at once that no sum waits for itself.
INLINE void product_column(
    size_t rows, size_t depth, const float *a, size_t am, size_t ak, const float *b,
    size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t m = 0;
  for (; m + TALL <= rows; m += TALL)
    product_block(
        TALL, 1, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride, accumulate);
  product_panel(
      1, rows - m, depth, a + m * am, am, ak, b, b_stride, c + m * c_stride, c_stride, accumulate);
}

/// C [rows, width] (+)= A B for any width; sums run over k in order.
static void product(
    size_t rows, size_t width, size_t depth, const float *a, size_t am, size_t ak, const float *b,
    size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t n = 0;
  for (; n + COLUMNS * LANES <= width; n += COLUMNS * LANES)
    product_panel(COLUMNS, rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
  for (; n + LANES <= width; n += LANES)
    product_column(rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
  for (; n < width; n++)
    for (size_t m = 0; m < rows; m++) {
      float sum = accumulate ? c[m * c_stride + n] : 0;
      for (size_t k = 0; k < depth; k++) sum += a[m * am + k * ak] * b[k * b_stride + n];
      c[m * c_stride + n] = sum;
    }
}

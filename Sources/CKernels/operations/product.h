// Plain products of small or thin fp32 matrices, their factors read where they lie.
#pragma once
#include "lanes.h"

#if LANES == 16
enum { ROWS = 6, COLUMNS = 4 };
#else
enum { ROWS = 4, COLUMNS = 2 };
#endif

/// C [rows, columns·LANES] (+)= Σₖ A(m, k) · B[k], A(m, k) = a[m·am + k·ak].
INLINE void product_block(
    size_t rows, size_t columns, size_t depth, const float *a, size_t am, size_t ak,
    const float *b, size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  V sums[ROWS][COLUMNS];
#pragma clang loop unroll(full)
  for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < columns; n++)
      sums[m][n] = accumulate ? load(c + m * c_stride + n * LANES) : (V){0};
  // What the next rows are added to comes from afar: it is called for now.
  if (accumulate)
#pragma clang loop unroll(full)
    for (size_t m = 0; m < rows; m++)
#pragma clang loop unroll(full)
      for (size_t n = 0; n < columns; n++)
        __builtin_prefetch(c + (rows + m) * c_stride + n * LANES, 1);
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

/// C [rows, width] (+)= A B for any width; sums run over k in order.
static void product(
    size_t rows, size_t width, size_t depth, const float *a, size_t am, size_t ak, const float *b,
    size_t b_stride, float *c, size_t c_stride, bool accumulate) {
  size_t n = 0;
  for (; n + COLUMNS * LANES <= width; n += COLUMNS * LANES)
    product_panel(COLUMNS, rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
  for (; n + LANES <= width; n += LANES)
    product_panel(1, rows, depth, a, am, ak, b + n, b_stride, c + n, c_stride, accumulate);
  for (; n < width; n++)
    for (size_t m = 0; m < rows; m++) {
      float sum = accumulate ? c[m * c_stride + n] : 0;
      for (size_t k = 0; k < depth; k++) sum += a[m * am + k * ak] * b[k * b_stride + n];
      c[m * c_stride + n] = sum;
    }
}

// Sums of one block of dot products: as many as a vector has lanes.
#if LANES == 16
enum { DOT_ROWS = 4, DOT_COLUMNS = 4 };
#elif LANES == 8
enum { DOT_ROWS = 2, DOT_COLUMNS = 4 };
#else
enum { DOT_ROWS = 2, DOT_COLUMNS = 2 };
#endif

/// Lane DOT_COLUMNS · i + j becomes Σₖ a[i][k] · b[j][k]. Rows of long strides share a set of the
/// cache: so few of them stay in it together.
INLINE V dots_block(const float *const *a, const float *const *b, size_t depth) {
  V sums[LANES];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < LANES; i++) sums[i] = (V){0};
  size_t k = 0;
  for (; k + LANES <= depth; k += LANES) {
    V right[DOT_COLUMNS];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < DOT_COLUMNS; j++) right[j] = load(b[j] + k);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < DOT_ROWS; i++) {
      const V left = load(a[i] + k);
#pragma clang loop unroll(full)
      for (size_t j = 0; j < DOT_COLUMNS; j++)
        sums[DOT_COLUMNS * i + j] = left * right[j] + sums[DOT_COLUMNS * i + j];
    }
  }
  for (size_t i = 0; i < DOT_ROWS && k < depth; i++)
    for (size_t j = 0; j < DOT_COLUMNS; j++)
      sums[DOT_COLUMNS * i + j] +=
          load_some(a[i] + k, depth - k) * load_some(b[j] + k, depth - k);
  transpose_lanes(sums);
#pragma clang loop unroll(full)
  for (size_t half = LANES / 2; half > 0; half /= 2)
#pragma clang loop unroll(full)
    for (size_t i = 0; i < half; i++) sums[i] += sums[i + half];
  return sums[0];
}

/// c[m · c_stride + n] = Σₖ a[m · a_stride + k] · b[n · b_stride + k].
static void dots(
    size_t rows, size_t columns, size_t depth, const float *a, size_t a_stride, const float *b,
    size_t b_stride, float *c, size_t c_stride) {
  for (size_t m = 0; m < rows; m += DOT_ROWS)
    for (size_t n = 0; n < columns; n += DOT_COLUMNS) {
      const float *left[DOT_ROWS], *right[DOT_COLUMNS];
      // What lies outside is another row once more, and not kept.
      for (size_t i = 0; i < DOT_ROWS; i++) left[i] = a + (m + i < rows ? m + i : m) * a_stride;
      for (size_t j = 0; j < DOT_COLUMNS; j++)
        right[j] = b + (n + j < columns ? n + j : n) * b_stride;
      const V sums = dots_block(left, right, depth);
      float room[LANES];
      store(room, sums);
      for (size_t i = 0; i < DOT_ROWS && m + i < rows; i++)
        for (size_t j = 0; j < DOT_COLUMNS && n + j < columns; j++)
          c[(m + i) * c_stride + n + j] = room[DOT_COLUMNS * i + j];
    }
}

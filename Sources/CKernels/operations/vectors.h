// Kernels over plain vectors.
#pragma once
#include "lanes.h"

static void add_vectors(const float *a, const float *b, float *y, size_t count) {
  for (size_t i = 0; i < count; i += LANES)
    store_until(y, i, count, load_until(a, i, count) + load_until(b, i, count));
}

static void scale_vector(float factor, float *y, size_t count) {
  for (size_t i = 0; i < count; i += LANES) store_until(y, i, count, load_until(y, i, count) * factor);
}

static void axpy(float factor, const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i += LANES)
    store_until(y, i, count, load_until(x, i, count) * factor + load_until(y, i, count));
}

static void multiply_vectors(const float *a, const float *b, float *y, size_t count) {
  for (size_t i = 0; i < count; i += LANES)
    store_until(y, i, count, load_until(a, i, count) * load_until(b, i, count));
}

/// Each lane sums at most 16 squares in fp32 before they join the double-precision sums.
static double sum_of_squares(const float *x, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  while (i < count) {
    V part = {0};
    for (int turn = 0; turn < 16 && i < count; turn++, i += LANES) {
      const V v = load_until(x, i, count);
      part = v * v + part;
    }
    float room[LANES];
    store(room, part);
    for (int lane = 0; lane < LANES; lane++) sums[lane] += (double)room[lane];
  }
  double total = 0;
  for (int lane = 0; lane < LANES; lane++) total += sums[lane];
  return total;
}

static double sum_vector(const float *x, size_t count) {
  double sums[LANES] = {0};
  for (size_t i = 0; i < count;) {
    V part = {0};
    for (int turn = 0; turn < 16 && i < count; turn++, i += LANES) part += load_until(x, i, count);
    float room[LANES];
    store(room, part);
    for (int lane = 0; lane < LANES; lane++) sums[lane] += (double)room[lane];
  }
  double total = 0;
  for (int lane = 0; lane < LANES; lane++) total += sums[lane];
  return total;
}

static float dot_vectors(const float *a, const float *b, size_t count) { return dot(a, b, count); }

static int all_finite(const float *x, size_t count) {
  for (size_t i = 0; i < count;) {
    U bad = {0};
    for (int turn = 0; turn < 64 && i < count; turn++, i += LANES) {
      const U exponent = (U)load_until(x, i, count) & 0x7f800000;
      bad |= (U)(exponent == 0x7f800000);
    }
    uint32_t any = 0;
    for (int lane = 0; lane < LANES; lane++) any |= bad[lane];
    if (any) return 0;
  }
  return 1;
}

static void to_bfloats(const float *x, uint16_t *y, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) *(HAny *)(y + i) = to_bfloat(load(x + i));
  if (i == count) return;
  const H last = to_bfloat(load_some(x + i, count - i));
  for (size_t lane = 0; i < count; i++, lane++) y[i] = last[lane];
}

static void from_bfloats(const uint16_t *x, float *y, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, from_bfloat(x + i));
  for (; i < count; i++) {
    const uint32_t bits = (uint32_t)x[i] << 16;
    memcpy(y + i, &bits, 4);
  }
}

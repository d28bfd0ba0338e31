// Rows rotated by Hadamard matrices and rounded to eight bits. Sums are taken in the same order
// whatever LANES is, and nothing is fused: every instruction set gives the same bits.
#pragma once
#include "lanes.h"

#if LANES == 16
#define SWAP_1 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14
#define SWAP_2 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13
#define SWAP_4 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11
#define SWAP_8 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7
#define LANE_NUMBERS 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#elif LANES == 8
#define SWAP_1 1, 0, 3, 2, 5, 4, 7, 6
#define SWAP_2 2, 3, 0, 1, 6, 7, 4, 5
#define SWAP_4 4, 5, 6, 7, 0, 1, 2, 3
#define LANE_NUMBERS 0, 1, 2, 3, 4, 5, 6, 7
#else
#define SWAP_1 1, 0, 3, 2
#define SWAP_2 2, 3, 0, 1
#define LANE_NUMBERS 0, 1, 2, 3
#endif

/// x in the lanes without `bit`, −x in those with it.
INLINE V negated(V x, uint32_t bit) {
  const U lane = {LANE_NUMBERS};
  return (V)((U)x ^ (((lane & bit) != 0) & 0x80000000u));
}

/// The rounds within a vector.
INLINE V rotate_lanes(V x, size_t width) {
  if (width > 1) x = __builtin_shufflevector(x, x, SWAP_1) + negated(x, 1);
  if (width > 2) x = __builtin_shufflevector(x, x, SWAP_2) + negated(x, 2);
#if LANES > 4
  if (width > 4) x = __builtin_shufflevector(x, x, SWAP_4) + negated(x, 4);
#endif
#if LANES > 8
  if (width > 8) x = __builtin_shufflevector(x, x, SWAP_8) + negated(x, 8);
#endif
  return x;
}

/// The rounds within `vectors` neighbouring vectors, all in registers.
INLINE void rotate_run(const float *x, float *y, const size_t vectors) {
  V v[16];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < vectors; i++) v[i] = rotate_lanes(load(x + i * LANES), LANES);
#pragma clang loop unroll(full)
  for (size_t distance = 1; distance < vectors; distance *= 2)
#pragma clang loop unroll(full)
    for (size_t i = 0; i < vectors; i++)
      if ((i & distance) == 0) {
        const V low = v[i], high = v[i + distance];
        v[i] = low + high;
        v[i + distance] = low - high;
      }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < vectors; i++) store(y + i * LANES, v[i]);
}

/// One round over vectors `distance` elements apart.
static void rotate_round(float *y, size_t width, size_t distance) {
  for (size_t start = 0; start < width; start += 2 * distance)
    for (size_t i = start; i < start + distance; i += LANES) {
      const V low = load(y + i), high = load(y + i + distance);
      store(y + i, low + high);
      store(y + i + distance, low - high);
    }
}

static void hadamard(const float *x, float *y, size_t count, size_t width) {
  if (width < LANES) {
    for (size_t i = 0; i < count; i += LANES)
      store_until(y, i, count, rotate_lanes(load_until(x, i, count), width));
    return;
  }
  const size_t run = width < 16 * LANES ? width : 16 * LANES;
  for (size_t i = 0; i < count; i += run) {
    switch (run / LANES) {
      case 1: rotate_run(x + i, y + i, 1); break;
      case 2: rotate_run(x + i, y + i, 2); break;
      case 4: rotate_run(x + i, y + i, 4); break;
      case 8: rotate_run(x + i, y + i, 8); break;
      default: rotate_run(x + i, y + i, 16);
    }
  }
  for (size_t start = 0; start < count && run < width; start += width)
    for (size_t distance = run; distance < width; distance *= 2)
      rotate_round(y + start, width, distance);
}

typedef int8_t B __attribute__((ext_vector_type(LANES)));
typedef B BAny __attribute__((aligned(1), may_alias));

/// The largest magnitude, NaN where an element is not finite.
static float largest_magnitude(const float *x, size_t count) {
  V most = {0}, strange = {0};
  for (size_t i = 0; i < count; i += LANES) {
    const V v = load_until(x, i, count);
    most = larger((V)((U)v & 0x7fffffffu), most);
    strange += v - v;  // 0, or NaN.
  }
  return max_lanes(most) + sum_lanes(strange);
}

static float to_bytes(const float *x, int8_t *codes, size_t count, int32_t *sum) {
  const float most = largest_magnitude(x, count), factor = most > 1e-36f ? 127.0f / most : 0;
  // Adding 1.5 · 2²³ leaves the nearest whole number in the last bits.
  const float magic = 12582912.0f;
  I total = {0};
  for (size_t i = 0; i < count; i += LANES) {
    const V scaled = load_until(x, i, count) * factor;
    const V shifted = scaled + magic;
    const I whole = (I)shifted - 0x4b400000;
    total += whole;
    const B narrow = __builtin_convertvector(whole, B);
    if (i + LANES <= count)
      *(BAny *)(codes + i) = narrow;
    else
      for (size_t lane = 0; i + lane < count; lane++) codes[i + lane] = narrow[lane];
  }
  *sum = 0;
  for (int lane = 0; lane < LANES; lane++) *sum += total[lane];
  return most / 127.0f;
}

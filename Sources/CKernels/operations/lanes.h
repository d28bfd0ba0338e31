// Vectors of LANES floats, by clang's vector extension: each file of this folder is compiled
// once for every instruction set (see lanes_*.c), so that there is one text of every kernel.
//
// A product and a sum in one expression may be fused where the processor can; nothing else is
// reordered: the order of every sum is the one written.
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../include/operations.h"

#define INLINE static inline __attribute__((always_inline))

typedef float V __attribute__((ext_vector_type(LANES)));
typedef int32_t I __attribute__((ext_vector_type(LANES)));
typedef uint32_t U __attribute__((ext_vector_type(LANES)));
typedef uint16_t H __attribute__((ext_vector_type(LANES)));
// The same at any address.
typedef V VAny __attribute__((aligned(4), may_alias));
typedef H HAny __attribute__((aligned(2), may_alias));

INLINE V load(const float *from) { return *(const VAny *)from; }
INLINE void store(float *to, V value) { *(VAny *)to = value; }
INLINE V all(float value) { return value - (V){0}; }
INLINE V larger(V a, V b) { return a > b ? a : b; }

/// The first `count` < LANES floats, then zeros.
INLINE V load_some(const float *from, size_t count) {
  float room[LANES] = {0};
  for (size_t i = 0; i < count; i++) room[i] = from[i];
  return load(room);
}

INLINE void store_some(float *to, V value, size_t count) {
  float room[LANES];
  store(room, value);
  for (size_t i = 0; i < count; i++) to[i] = room[i];
}

/// LANES floats, or what is left of them before `end`.
INLINE V load_until(const float *base, size_t at, size_t end) {
  return at + LANES <= end ? load(base + at) : load_some(base + at, end - at);
}

INLINE void store_until(float *base, size_t at, size_t end, V value) {
  if (at + LANES <= end) store(base + at, value);
  else store_some(base + at, value, end - at);
}

/// The sum of all lanes, halves first.
INLINE float sum_lanes(V value) {
  float room[LANES];
  store(room, value);
  for (size_t half = LANES / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; i++) room[i] += room[i + half];
  return room[0];
}

INLINE float max_lanes(V value) {
  float room[LANES];
  store(room, value);
  float best = room[0];
  for (size_t i = 1; i < LANES; i++) best = room[i] > best ? room[i] : best;
  return best;
}

INLINE V from_bfloat(const uint16_t *from) {
  const U bits = __builtin_convertvector(*(const HAny *)from, U) << 16;
  return (V)bits;
}

/// Rounds to the nearest, ties to even; a NaN stays one.
INLINE H to_bfloat(V value) {
  const U bits = (U)value;
  const U rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const U quiet = (bits >> 16) | 0x40;
  const U isNaN = (U)(value != value);
  return __builtin_convertvector((rounded & ~isNaN) | (quiet & isNaN), H);
}

/// eˣ as 2ⁿ times a polynomial (the coefficients of Cephes' expf), 1.2e-7 relative; 0 below
/// -87.33, infinite above 88.37; NaN stays NaN.
INLINE V exp_lanes(V x) {
  const float least = -87.33f, most = 88.37f;
  V y = x < least ? all(least) : x;
  y = y > most ? all(most) : y;
  const V magic = all(12582912.0f);
  const V n = (y * 1.44269504088896341f + magic) - magic;
  V r = y - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  V p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  const V scale = (V)((__builtin_convertvector(n, I) + 127) << 23);
  V result = p * scale;
  result = x < least ? (V){0} : result;
  return x > most ? all(INFINITY) : result;
}

#if LANES == 16
#define ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
#endif

/// Transposes LANES × LANES floats: log₂ LANES rounds of interleaving the upper half with the lower.
INLINE void transpose_lanes(V rows[LANES]) {
  V next[LANES];
#pragma clang loop unroll(full)
  for (int round = 1; round < LANES; round *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], ZIP_LOW);
      next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], ZIP_HIGH);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) rows[i] = next[i];
  }
}

// Attention of one token's query heads to a cache, whose rows lie one after another: bound by how
// fast the cache is read, so each block of keys is read from memory once for all heads.
#pragma once
#include "attention.h"

INLINE V cached(const void *cache, size_t at, bool narrow) {
  return narrow ? from_bfloat((const uint16_t *)cache + at) : load((const float *)cache + at);
}

INLINE float cached_one(const void *cache, size_t at, bool narrow) {
  if (!narrow) return ((const float *)cache)[at];
  const uint32_t bits = (uint32_t)((const uint16_t *)cache)[at] << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

/// q·k of LANES keys at once: one sum for each key, transposed at the end.
INLINE V score_lanes(const float *q, const void *keys, size_t key, size_t width, bool narrow) {
  V sums[LANES];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < LANES; i++) sums[i] = (V){0};
  size_t d = 0;
  for (; d + LANES <= width; d += LANES) {
    const V part = load(q + d);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < LANES; i++)
      sums[i] = cached(keys, (key + i) * width + d, narrow) * part + sums[i];
  }
  for (; d < width; d++)
    for (size_t i = 0; i < LANES; i++)
      sums[i][0] += q[d] * cached_one(keys, (key + i) * width + d, narrow);
  transpose_lanes(sums);
  V total = sums[0];
#pragma clang loop unroll(full)
  for (size_t i = 1; i < LANES; i++) total += sums[i];
  return total;
}

INLINE float score_one(const float *q, const void *keys, size_t key, size_t width, bool narrow) {
  float sum = 0;
  for (size_t d = 0; d < width; d++) sum += q[d] * cached_one(keys, key * width + d, narrow);
  return sum;
}

INLINE void add_values(
    const float *weights, const void *values, size_t key, size_t keys, size_t width, bool narrow,
    float *out) {
  enum { WIDE = LANES == 16 ? 8 : 4 };
  size_t d = 0;
  for (; d + WIDE * LANES <= width; d += WIDE * LANES) {
    V sums[WIDE];
#pragma clang loop unroll(full)
    for (size_t n = 0; n < WIDE; n++) sums[n] = load(out + d + n * LANES);
    for (size_t j = 0; j < keys; j++)
#pragma clang loop unroll(full)
      for (size_t n = 0; n < WIDE; n++)
        sums[n] = cached(values, (key + j) * width + d + n * LANES, narrow) * weights[j] + sums[n];
#pragma clang loop unroll(full)
    for (size_t n = 0; n < WIDE; n++) store(out + d + n * LANES, sums[n]);
  }
  for (; d + LANES <= width; d += LANES) {
    V sum = load(out + d);
    for (size_t j = 0; j < keys; j++)
      sum = cached(values, (key + j) * width + d, narrow) * weights[j] + sum;
    store(out + d, sum);
  }
  for (; d < width; d++)
    for (size_t j = 0; j < keys; j++)
      out[d] += cached_one(values, (key + j) * width + d, narrow) * weights[j];
}

INLINE void decode_head(
    const float *q, size_t width, const void *keys, const void *values, size_t key, size_t count,
    float scale, bool narrow, float *top, float *total, float *out) {
  float scores[KEYS] __attribute__((aligned(64)));
  size_t j = 0;
  for (; j + LANES <= count; j += LANES)
    store(scores + j, score_lanes(q, keys, key + j, width, narrow) * scale);
  for (; j < count; j++) scores[j] = score_one(q, keys, key + j, width, narrow) * scale;
  const float most = row_max(scores, count);
  const float next = most > *top ? most : *top;
  const float shrink = expf(*top - next);
  *total = *total * shrink + exp_row(scores, scores, count, next, 1.0f);
  *top = next;
  if (shrink != 1.0f) scale_vector(shrink, out, width);
  add_values(scores, values, key, count, width, narrow, out);
}

INLINE void decode(
    const float *q, size_t group, size_t width, const void *keys, const void *values, size_t count,
    float scale, bool narrow, float *out) {
  enum { HEADS = 16 };
  for (size_t first = 0; first < group; first += HEADS) {
    const size_t heads = group - first < HEADS ? group - first : HEADS;
    float top[HEADS], total[HEADS];
    for (size_t h = 0; h < heads; h++) top[h] = -INFINITY, total[h] = 0;
    memset(out + first * width, 0, heads * width * sizeof(float));
    for (size_t key = 0; key < count; key += KEYS) {
      const size_t keys_now = count - key < KEYS ? count - key : KEYS;
      for (size_t h = 0; h < heads; h++)
        decode_head(
            q + (first + h) * width, width, keys, values, key, keys_now, scale, narrow, top + h,
            total + h, out + (first + h) * width);
    }
    for (size_t h = 0; h < heads; h++)
      scale_vector(1.0f / total[h], out + (first + h) * width, width);
  }
}

static void attention_decode(
    const float *q, size_t group, size_t width, const float *keys, const float *values,
    size_t count, float scale, float *out) {
  decode(q, group, width, keys, values, count, scale, false, out);
}

static void attention_decode_bfloat(
    const float *q, size_t group, size_t width, const uint16_t *keys, const uint16_t *values,
    size_t count, float scale, float *out) {
  decode(q, group, width, keys, values, count, scale, true, out);
}

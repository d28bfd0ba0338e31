// Kernels that treat each row by itself: RMSNorm, rotary positions, SwiGLU, softmax.
#pragma once
#include "lanes.h"

/// Σ a·b in four interleaved sums.
INLINE float dot(const float *a, const float *b, size_t count) {
  V sums[4] = {{0}, {0}, {0}, {0}};
  size_t i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES)
    for (int lane = 0; lane < 4; lane++)
      sums[lane] = load(a + i + lane * LANES) * load(b + i + lane * LANES) + sums[lane];
  for (; i < count; i += LANES)
    sums[0] = load_until(a, i, count) * load_until(b, i, count) + sums[0];
  return sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

static void rms_norm(
    const float *x, size_t x_stride, const float *weight, float *y, size_t y_stride,
    float *inverse, size_t rows, size_t width, float epsilon) {
  for (size_t row = 0; row < rows; row++, x += x_stride, y += y_stride) {
    const float scale = 1.0f / sqrtf(dot(x, x, width) / (float)width + epsilon);
    if (inverse) inverse[row] = scale;
    for (size_t i = 0; i < width; i += LANES)
      store_until(y, i, width, (load_until(x, i, width) * scale) * load_until(weight, i, width));
  }
}

static void rms_norm_backward(
    const float *dy, size_t dy_stride, const float *x, size_t x_stride, const float *weight,
    const float *inverse, float *dx, size_t dx_stride, size_t rows, size_t width,
    int accumulate) {
  for (size_t row = 0; row < rows; row++, dy += dy_stride, x += x_stride, dx += dx_stride) {
    V sums[2] = {{0}, {0}};
    for (size_t i = 0, turn = 0; i < width; i += LANES, turn ^= 1) {
      const V part = load_until(dy, i, width) * load_until(weight, i, width);
      sums[turn] = part * load_until(x, i, width) + sums[turn];
    }
    const float scale = inverse[row];
    const float slope = sum_lanes(sums[0] + sums[1]) * scale * scale / (float)width;
    for (size_t i = 0; i < width; i += LANES) {
      const V part = load_until(dy, i, width) * load_until(weight, i, width);
      const V d = (part - load_until(x, i, width) * slope) * scale;
      store_until(dx, i, width, accumulate ? load_until(dx, i, width) + d : d);
    }
  }
}

static void rms_norm_weight_gradient(
    const float *dy, size_t dy_stride, const float *x, size_t x_stride, const float *inverse,
    float *dw, size_t rows, size_t width) {
  for (size_t i = 0; i < width; i += LANES) {
    V sum = load_until(dw, i, width);
    for (size_t row = 0; row < rows; row++) {
      const V unit = load_until(x + row * x_stride, i, width) * inverse[row];
      sum = load_until(dy + row * dy_stride, i, width) * unit + sum;
    }
    store_until(dw, i, width, sum);
  }
}

static void rotate(
    float *x, size_t heads, size_t width, const float *cosines, const float *sines, float sign) {
  const size_t half = width / 2;
  for (size_t head = 0; head < heads; head++, x += width)
    for (size_t i = 0; i < half; i += LANES) {
      const V a = load_until(x, i, half), b = load_until(x + half, i, half);
      const V c = load_until(cosines, i, half), s = load_until(sines, i, half) * sign;
      store_until(x, i, half, a * c - b * s);
      store_until(x + half, i, half, b * c + a * s);
    }
}

static void swiglu(const float *gate, const float *up, float *y, size_t width) {
  for (size_t i = 0; i < width; i += LANES) {
    const V g = load_until(gate, i, width);
    store_until(y, i, width, g / (exp_lanes(-g) + 1.0f) * load_until(up, i, width));
  }
}

static void swiglu_backward(
    const float *dy, const float *gate, const float *up, float *dgate, float *dup, size_t width) {
  for (size_t i = 0; i < width; i += LANES) {
    const V g = load_until(gate, i, width), u = load_until(up, i, width);
    const V d = load_until(dy, i, width);
    const V sigmoid = 1.0f / (exp_lanes(-g) + 1.0f);
    const V silu = g * sigmoid;
    store_until(dgate, i, width, d * u * (sigmoid * (g * (1.0f - sigmoid) + 1.0f)));
    store_until(dup, i, width, d * silu);
  }
}

/// The largest element; -inf where there is none.
INLINE float row_max(const float *x, size_t count) {
  V best = all(-INFINITY);
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) best = larger(load(x + i), best);
  float top = max_lanes(best);
  for (; i < count; i++) top = x[i] > top ? x[i] : top;
  return top;
}

static float exp_row(const float *x, float *y, size_t count, float shift, float scale) {
  V sums[2] = {{0}, {0}};
  size_t i = 0;
  for (int turn = 0; i + LANES <= count; i += LANES, turn ^= 1) {
    const V e = exp_lanes((load(x + i) - shift) * scale);
    if (y) store(y + i, e);
    sums[turn] += e;
  }
  V last = {0};
  if (i < count) {
    last = exp_lanes((load_some(x + i, count - i) - shift) * scale);
    if (y) store_some(y + i, last, count - i);
    float kept[LANES];
    store(kept, last);
    for (size_t lane = count - i; lane < LANES; lane++) kept[lane] = 0;
    last = load(kept);
  }
  return sum_lanes((sums[0] + sums[1]) + last);
}

static float softmax_row(float *x, size_t count) {
  const float top = row_max(x, count);
  const float sum = exp_row(x, x, count, top, 1.0f);
  const float inverse = 1.0f / sum;
  for (size_t i = 0; i < count; i += LANES)
    store_until(x, i, count, load_until(x, i, count) * inverse);
  return top + logf(sum);
}

static float log_softmax_row(float *x, size_t count) {
  const float top = row_max(x, count);
  const float total = top + logf(exp_row(x, NULL, count, top, 1.0f));
  for (size_t i = 0; i < count; i += LANES)
    store_until(x, i, count, load_until(x, i, count) - total);
  return total;
}

static float max_row(const float *x, size_t count) { return row_max(x, count); }

#include "quant.h"

#include <math.h>
#include <string.h>

// Rounding of weights to codes.

#pragma STDC FP_CONTRACT OFF

const float expert_nf4_table[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

enum { LARGEST_GROUP = 64 };

/// A scale and least value, as half precision holds them.
typedef struct {
  float scale, least;
} line;

static line rounded(double scale, double least) {
  line l = {expert_half_to_float(expert_float_to_half((float)scale)),
            expert_half_to_float(expert_float_to_half((float)least))};
  return l;
}

/// Nearest codes on the line; returns the squared error.
static double encode(const float *x, size_t count, line l, uint8_t *codes) {
  double error = 0;
  for (size_t i = 0; i < count; i++) {
    float place = l.scale > 0 ? (x[i] - l.least) / l.scale : 0;
    float code = roundf(place < 0 ? 0 : place > 15 ? 15 : place);
    codes[i] = (uint8_t)code;
    double difference = (double)x[i] - ((double)code * l.scale + l.least);
    error += difference * difference;
  }
  return error;
}

/// The line that fits these codes best, by least squares; the old one where they are all equal.
static line refit(const float *x, size_t count, const uint8_t *codes, line old) {
  double sum_c = 0, sum_cc = 0, sum_x = 0, sum_cx = 0, n = (double)count;
  for (size_t i = 0; i < count; i++) {
    sum_c += codes[i];
    sum_cc += (double)codes[i] * codes[i];
    sum_x += x[i];
    sum_cx += (double)codes[i] * x[i];
  }
  double spread = n * sum_cc - sum_c * sum_c;
  if (spread <= 0) return old;
  double scale = (n * sum_cx - sum_c * sum_x) / spread;
  return scale > 0 ? rounded(scale, (sum_x - scale * sum_c) / n) : old;
}

/// Fits one group: from its extremes, then twice by least squares while the error falls.
static line fit(const float *x, size_t count, uint8_t *codes) {
  float low = x[0], high = x[0];
  for (size_t i = 1; i < count; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  line best = rounded(((double)high - low) / 15, low);
  double error = encode(x, count, best, codes);
  for (int turn = 0; turn < 2; turn++) {
    uint8_t other[LARGEST_GROUP];
    line next = refit(x, count, codes, best);
    double changed = encode(x, count, next, other);
    if (!(changed < error)) break;
    best = next;
    error = changed;
    memcpy(codes, other, count);
  }
  return best;
}

void expert_quantize_row_4bit(const expert_weights *w, const float *row, size_t place,
                              uint16_t *panels, void *scales) {
  expert_weights run = *w;
  for (size_t k = 0; k < w->inputs; k += w->group) {
    uint8_t codes[LARGEST_GROUP];
    run.inputs = w->inputs - k < w->group ? w->inputs - k : w->group;
    line l = fit(row + k, run.inputs, codes);
    expert_put_scale(w, scales, place, k / w->group, l.scale, l.least);
    expert_put_codes_4bit(&run, panels + k / 8 * 64, place, codes);
  }
}

void expert_quantize_row_8bit(const expert_weights *w, const float *row, size_t place,
                              uint16_t *panels, void *scales) {
  expert_weights run = *w;
  for (size_t k = 0; k < w->inputs; k += w->group) {
    int8_t codes[LARGEST_GROUP];
    float largest = 0;
    run.inputs = w->inputs - k < w->group ? w->inputs - k : w->group;
    for (size_t i = 0; i < run.inputs; i++) largest = fmaxf(largest, fabsf(row[k + i]));
    float scale = expert_half_to_float(expert_float_to_half(largest / 127));
    for (size_t i = 0; i < run.inputs; i++) {
      float code = scale > 0 ? roundf(row[k + i] / scale) : 0;
      codes[i] = (int8_t)(code > 127 ? 127 : code < -127 ? -127 : code);
    }
    expert_put_scale(w, scales, place, k / w->group, scale, 0);
    expert_put_codes_8bit(&run, panels + k / 8 * 128, place, codes);
  }
}

/// The nearest of the 16 values: how many midpoints between neighbours lie below x.
static uint8_t nearest_nf4(float x) {
  uint8_t code = 0;
  for (int i = 0; i < 15; i++)
    code += x > (expert_nf4_table[i] + expert_nf4_table[i + 1]) * 0.5f;
  return code;
}

void expert_quantize_row_nf4(const expert_weights *w, const float *row, const float *largest,
                             size_t place, uint16_t *panels, void *scales) {
  expert_weights run = *w;
  for (size_t k = 0; k < w->inputs; k += w->group) {
    uint8_t codes[LARGEST_GROUP];
    float scale = largest[k / w->group], inverse = scale > 0 ? 1 / scale : 0;
    run.inputs = w->inputs - k < w->group ? w->inputs - k : w->group;
    for (size_t i = 0; i < run.inputs; i++) codes[i] = nearest_nf4(row[k + i] * inverse);
    expert_put_scale(w, scales, place, k / w->group, scale, 0);
    expert_put_codes_4bit(&run, panels + k / 8 * 64, place, codes);
  }
}

float expert_nf4_round(float x, float largest) {
  return largest > 0 ? expert_nf4_table[nearest_nf4(x * (1 / largest))] * largest : 0;
}

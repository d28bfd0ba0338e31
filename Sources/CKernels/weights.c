#include "gemm_internal.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

size_t expert_panel_bytes(const expert_weights *w) {
  switch (w->kind) {
    case EXPERT_PANELS_F32: return w->padded * EXPERT_LANES * 4;
    case EXPERT_PANELS_BF16: return w->padded * EXPERT_LANES * 2;
    case EXPERT_PANELS_4BIT: return w->padded * EXPERT_LANES / 2;
    case EXPERT_PANELS_8BIT:
    case EXPERT_PANELS_ROTATED: return w->padded * EXPERT_LANES;
    default: return 0;
  }
}

size_t expert_panel_scale_bytes(const expert_weights *w) {
  if (w->kind < EXPERT_PANELS_4BIT) return 0;
  return w->padded / w->group * EXPERT_LANES * (w->has_least ? 2 : 1) * (w->wide_scales ? 4 : 2);
}

/// Elements before panel `row / 32`, and the lane of the row in it.
static size_t panel_start(const expert_weights *w, size_t row) {
  return row / EXPERT_LANES * w->padded * EXPERT_LANES;
}

void expert_put_row_bf16(const expert_weights *w, uint16_t *panels, size_t row,
                         const float *values) {
  uint16_t *out = panels + panel_start(w, row) + row % EXPERT_LANES * 2;
  for (size_t k = 0; k < w->inputs; k++)
    out[k / 2 * 64 + k % 2] = expert_float_to_bf16(values[k]);
}

void expert_put_row_f32(const expert_weights *w, float *panels, size_t row, const float *values) {
  float *out = panels + panel_start(w, row) + row % EXPERT_LANES;
  for (size_t k = 0; k < w->inputs; k++) out[k * EXPERT_LANES] = values[k];
}

void expert_put_codes_4bit(const expert_weights *w, uint16_t *panels, size_t row,
                           const uint8_t *codes) {
  uint16_t *out = panels + panel_start(w, row) / 4 + row % EXPERT_LANES * 2;
  for (size_t k = 0; k < w->inputs; k++)
    out[k / 8 * 64 + k % 2] |= (uint16_t)((codes[k] & 15) << (k % 8 / 2 * 4));
}

void expert_put_codes_8bit(const expert_weights *w, uint16_t *panels, size_t row,
                           const int8_t *codes) {
  uint16_t *out = panels + panel_start(w, row) / 2 + row % EXPERT_LANES * 2;
  for (size_t k = 0; k < w->inputs; k++) {
    uint8_t code = (uint8_t)codes[k];
    unsigned shift = k % 8 / 2 * 4;
    out[k / 8 * 128 + k % 2] |= (uint16_t)((code & 15) << shift);
    out[k / 8 * 128 + 64 + k % 2] |= (uint16_t)((code >> 4) << shift);
  }
}

void expert_put_row_rotated(const expert_weights *w, uint8_t *panels, float *scales, size_t row,
                            const int8_t *codes, float scale) {
  uint8_t *out = panels + panel_start(w, row) + row % EXPERT_LANES * 4;
  for (size_t k = 0; k < w->inputs; k++)
    out[k / 4 * 128 + k % 4] = (uint8_t)(codes[k] + 128);
  scales[row] = scale;
}

static float scale_entry(const expert_weights *w, const void *scales, size_t place) {
  if (w->wide_scales) return ((const float *)scales)[place];
  return expert_half_to_float(((const uint16_t *)scales)[place]);
}

static float coded(const expert_weights *w, size_t row, size_t k) {
  size_t lane = row % EXPERT_LANES;
  const void *scales = expert_scales_at(w, row / EXPERT_LANES, k / w->group);
  float scale = scale_entry(w, scales, lane);
  unsigned shift = k % 8 / 2 * 4;
  const uint16_t *values = w->values;
  if (w->kind == EXPERT_PANELS_4BIT) {
    size_t word = panel_start(w, row) / 4 + k / 8 * 64 + lane * 2 + k % 2;
    float value = w->table[(values[word] >> shift) & 15] * scale;
    return w->has_least ? value + scale_entry(w, scales, EXPERT_LANES + lane) : value;
  }
  size_t word = panel_start(w, row) / 2 + k / 8 * 128 + lane * 2 + k % 2;
  int low = (values[word] >> shift) & 15, high = (values[word + 64] >> shift) & 15;
  return (float)(int8_t)(high << 4 | low) * scale;
}

static float weight_at(const expert_weights *w, size_t row, size_t k) {
  size_t panel = panel_start(w, row), lane = row % EXPERT_LANES;
  switch (w->kind) {
    case EXPERT_ROWS_F32: return ((const float *)w->values)[row * w->stride + k];
    case EXPERT_ROWS_BF16:
      return expert_bf16_to_float(((const uint16_t *)w->values)[row * w->stride + k]);
    case EXPERT_PANELS_F32: return ((const float *)w->values)[panel + k * EXPERT_LANES + lane];
    case EXPERT_PANELS_BF16:
      return expert_bf16_to_float(
          ((const uint16_t *)w->values)[panel + k / 2 * 64 + lane * 2 + k % 2]);
    case EXPERT_PANELS_ROTATED:
      return (float)(((const uint8_t *)w->values)[panel + k / 4 * 128 + lane * 4 + k % 4] - 128) *
             ((const float *)w->scales)[row];
    default: return coded(w, row, k);
  }
}

void expert_weight_floats(const expert_weights *w, size_t row, size_t from, size_t count,
                          float *out) {
  // Plain rows are what whole matrices are read from: a loop without choices in it.
  if (w->kind == EXPERT_ROWS_BF16) {
    const uint16_t *values = (const uint16_t *)w->values + row * w->stride + from;
    for (size_t k = 0; k < count; k++) out[k] = expert_bf16_to_float(values[k]);
    return;
  }
  for (size_t k = 0; k < count; k++) out[k] = weight_at(w, row, from + k);
}

float expert_half_to_float(uint16_t bits) {
  uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = (bits >> 10) & 31;
  uint32_t fraction = bits & 0x3ff, wide;
  float value;
  if (exponent == 0) {
    value = (float)fraction * 0x1p-24f;
    return sign ? -value : value;
  }
  wide = exponent == 31 ? sign | 0x7f800000 | fraction << 13
                        : sign | (exponent + 112) << 23 | fraction << 13;
  memcpy(&value, &wide, 4);
  return value;
}

uint16_t expert_float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint16_t sign = (uint16_t)((bits >> 16) & 0x8000);
  bits &= 0x7fffffff;
  if (bits > 0x7f800000) return sign | 0x7e00;
  if (bits >= 0x477ff000) return sign | 0x7c00;
  if (bits < 0x38800000) {  // Below the least normal number: units of 2⁻²⁴.
    float magnitude;
    memcpy(&magnitude, &bits, 4);
    float shifted = magnitude + 0.5f;  // ulp(0.5) = 2⁻²⁴: the addition rounds to even.
    uint32_t units;
    memcpy(&units, &shifted, 4);
    return (uint16_t)(sign | (units - 0x3f000000));
  }
  bits += 0xfff + ((bits >> 13) & 1);
  return (uint16_t)(sign | ((bits - 0x38000000) >> 13));
}

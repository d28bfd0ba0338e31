#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many rows of a weight matrix lie side by side in a panel, on every processor.
enum { EXPERT_LANES = 32 };

/// How the values of a frozen weight matrix W [outputs, inputs] lie in memory.
///
/// Panels hold 32 rows of W so that one vector register takes the same column of 16 rows; rows
/// beyond `outputs` and columns beyond `inputs` (up to `padded`) are zero.
typedef enum {
  /// Row-major fp32, `stride` elements from row to row.
  EXPERT_ROWS_F32 = 0,
  /// Row-major bf16, `stride` elements from row to row.
  EXPERT_ROWS_BF16 = 1,
  /// fp32 panels: [padded][32].
  EXPERT_PANELS_F32 = 2,
  /// bf16 panels of column pairs: [padded / 2][32][2].
  EXPERT_PANELS_BF16 = 3,
  /// Codes of four bits: [padded / 8][32][2] words of 16 bits; bits 4j of word h are the code of
  /// column 2j + h of the eight.
  EXPERT_PANELS_4BIT = 4,
  /// Signed codes of eight bits as two planes of four: [padded / 8][2][32][2] words like those
  /// above; plane 0 has the low halves, plane 1 the high (two's complement).
  EXPERT_PANELS_8BIT = 5,
  /// Rows rotated (see `expert_rotation`) and rounded to codes of −127 … 127, one scale a row:
  /// bytes code + 128 as [padded / 4][32][4]. Their group is the whole row.
  EXPERT_PANELS_ROTATED = 6,
} expert_weight_kind;

/// A frozen weight matrix.
///
/// Coded values are table[code] · scale + least (four bits) or code · scale (eight bits). Scales of
/// a panel: [padded / group][1 + has_least][32] entries, the scales before the least values.
typedef struct {
  expert_weight_kind kind;
  size_t outputs;
  size_t inputs;
  /// `inputs` rounded up to 32.
  size_t padded;
  /// Rows only: elements from one row to the next.
  size_t stride;
  /// Columns that share a scale: 16, 32 or 64.
  size_t group;
  /// Whether scales are fp32 (1) or IEEE half precision (0).
  int wide_scales;
  int has_least;
  const void *values;
  const void *scales;
  /// What the 16 codes of four bits stand for.
  float table[16];
} expert_weights;

/// Bytes of the values of one panel; 0 for rows.
size_t expert_panel_bytes(const expert_weights *weights);

/// Bytes of the scales of one panel; 0 where there are none.
size_t expert_panel_scale_bytes(const expert_weights *weights);

/// Writes bf16 values of one row of W at their places in bf16 panels.
void expert_put_row_bf16(const expert_weights *weights, uint16_t *panels, size_t row,
                         const float *values);

/// Writes one row of W at its places in fp32 panels.
void expert_put_row_f32(const expert_weights *weights, float *panels, size_t row,
                        const float *values);

/// Writes codes of one row (`inputs` of them, 0 … 15) at their places in panels of four bits, which
/// were zero.
void expert_put_codes_4bit(const expert_weights *weights, uint16_t *panels, size_t row,
                           const uint8_t *codes);

/// Writes codes of one row at their places in panels of eight bits, which were zero.
void expert_put_codes_8bit(const expert_weights *weights, uint16_t *panels, size_t row,
                           const int8_t *codes);

/// Writes the codes and the scale of one row at their places in rotated panels, whose bytes were
/// 128.
void expert_put_row_rotated(const expert_weights *weights, uint8_t *panels, float *scales,
                            size_t row, const int8_t *codes, float scale);

/// Columns `from` … `from + count` of row `row` as fp32, from any kind, by plain C;
/// those of rotated panels stay rotated.
void expert_weight_floats(const expert_weights *weights, size_t row, size_t from, size_t count,
                          float *out);

/// The value of IEEE half precision bits.
float expert_half_to_float(uint16_t bits);

/// The nearest IEEE half precision bits, ties to even; overflow gives infinity.
uint16_t expert_float_to_half(float value);

/// The nearest bf16 bits, ties to even; NaN stays NaN.
static inline uint16_t expert_float_to_bf16(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)((bits >> 16) | 0x40);
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// The value of bf16 bits.
static inline float expert_bf16_to_float(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  __builtin_memcpy(&value, &wide, 4);
  return value;
}

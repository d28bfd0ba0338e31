#pragma once
#include "weights.h"

/// Block encodings of GGUF whose codes can be kept as they are.
typedef enum {
  EXPERT_BLOCKS_Q8_0 = 0,
  EXPERT_BLOCKS_Q4_0 = 1,
  EXPERT_BLOCKS_Q4_1 = 2,
  EXPERT_BLOCKS_Q4_K = 3,
  EXPERT_BLOCKS_Q6_K = 4,
} expert_blocks;

/// The 16 values of NF4 (Dettmers et al., QLoRA, 2023, appendix E).
extern const float expert_nf4_table[16];

/// Puts one row of blocks at its place in panels of codes and their scales. Exact: `weights` must be
/// of four bits with groups of 32 (Q4_0 with a table from -8 and no least values; Q4_1; Q4_K with
/// wide scales) or of eight bits (Q8_0: groups of 32; Q6_K: groups of 16, wide scales).
void expert_repack_row(const expert_weights *weights, expert_blocks blocks, const uint8_t *row,
                       size_t place, uint16_t *panels, void *scales);

/// Writes the scale and the least value of one group of one row.
void expert_put_scale(const expert_weights *weights, void *scales, size_t place, size_t group,
                      float scale, float least);

/// Rounds one row to four bits, each group with a half-precision scale and least value: from the
/// extremes of the group, then by least squares for the codes where that lowers the error.
void expert_quantize_row_4bit(const expert_weights *weights, const float *row, size_t place,
                              uint16_t *panels, void *scales);

/// Rounds one row to eight bits, each group with a half-precision scale: its largest magnitude
/// over 127.
void expert_quantize_row_8bit(const expert_weights *weights, const float *row, size_t place,
                              uint16_t *panels, void *scales);

/// Rounds one row to NF4: the nearest of the 16 values after dividing by the group's `largest`
/// magnitude (one for each group of the row), which becomes its scale.
void expert_quantize_row_nf4(const expert_weights *weights, const float *row,
                             const float *largest, size_t place, uint16_t *panels, void *scales);

/// What x becomes in NF4 where its block's largest magnitude is `largest`.
float expert_nf4_round(float x, float largest);

#pragma once
#include "CKernels.h"
#include "weights.h"

/// In what a product multiplies.
typedef enum {
  /// fp32 factors and sums.
  EXPERT_COMPUTE_F32 = 0,
  /// Factors rounded to bf16, sums in fp32; only with EXPERT_ISA_AVX512_BF16.
  EXPERT_COMPUTE_BF16 = 1,
  /// Rows of both sides rotated (see `expert_rotation`) and rounded to eight bits, sums of whole
  /// numbers: the same bits with every instruction set. Only forward, of EXPERT_PANELS_ROTATED.
  EXPERT_COMPUTE_INT8 = 2,
} expert_compute;

/// Which side of W the sums run over.
typedef enum {
  /// Y = X Wᵀ: sums over the columns of W.
  EXPERT_FORWARD = 0,
  /// dX = dY W: sums over the rows of W.
  EXPERT_BACKWARD = 1,
} expert_direction;

/// One matrix product out [rows, lanes] (+)= alpha · left [rows, depth] · W, where W's part is
/// `lanes` outputs from `lane_from` on (forward) or all inputs, summed over `depth` outputs from
/// `depth_from` on (backward). `lane_from` and `depth_from` are divisible by 32.
///
/// Sums run over the depth in ascending order in blocks, the same for every row, tile and number of
/// threads.
typedef struct {
  expert_isa isa;
  expert_compute compute;
  expert_direction direction;
  const expert_weights *weights;
  /// What `expert_pack_left` wrote.
  const void *left;
  size_t rows;
  size_t depth_from;
  size_t depth;
  size_t lane_from;
  size_t lanes;
  float *out;
  /// Floats from one row of `out` to the next.
  size_t out_stride;
  int accumulate;
  float alpha;
} expert_product;

/// How many blocks of rows the left operand is packed in: tiles are made of whole blocks.
size_t expert_row_blocks(expert_isa isa, size_t rows);

/// `depth` as the packed left operand has it: rounded up to 32.
static inline size_t expert_padded(size_t depth) { return (depth + 31) & ~(size_t)31; }

/// Bytes of the packed left operand.
size_t expert_left_bytes(expert_compute compute, size_t rows, size_t depth);

/// How many neighbouring elements are rotated together before they are rounded to eight bits: the
/// largest power of two that divides `depth`, at most 1,024. A Hadamard matrix of this width spreads
/// what single large elements hold, so that they do not coarsen the steps of all others (QuaRot,
/// Ashkboos et al. 2024); both sides are rotated, which leaves their products as they are.
static inline size_t expert_rotation(size_t depth) {
  size_t width = depth & (~depth + 1);
  return width < 1024 ? width : 1024;
}

/// Packs the row blocks `from` … `to` of x, whose element (i, k) is x[i · row_stride + k · k_stride]
/// (one of the strides is 1; k_stride, where rows are rounded to eight bits). `scratch` has
/// `expert_pack_scratch` bytes.
void expert_pack_left(expert_isa isa, expert_compute compute, const float *x, size_t rows,
                      size_t depth, size_t row_stride, size_t k_stride, size_t from, size_t to,
                      void *left, void *scratch);

/// Bytes of scratch memory that packing needs, aligned to 64; 0 where it needs none.
size_t expert_pack_scratch(expert_compute compute, size_t depth);

/// Bytes of scratch memory that a tile needs, aligned to 64.
size_t expert_tile_scratch(expert_compute compute);

/// Computes the tile of lanes [32 · panel_from, 32 · panel_to), counted from `lane_from`, and row
/// blocks [block_from, block_to).
void expert_product_tile(const expert_product *product, size_t panel_from, size_t panel_to,
                         size_t block_from, size_t block_to, void *scratch);

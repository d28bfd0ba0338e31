#include "gemm_internal.h"

// One tile of a product: for each block of the depth, panels of W are unpacked (or taken where they
// lie) and multiplied with all row blocks of the tile.

static size_t depth_block(const expert_product *p) {
  return p->compute == EXPERT_COMPUTE_BF16 ? EXPERT_DEPTH_BF16 : EXPERT_DEPTH_F32;
}

size_t expert_tile_scratch(expert_compute compute) {
  if (compute == EXPERT_COMPUTE_INT8) return 0;
  size_t values = (size_t)EXPERT_PANEL_GROUP * EXPERT_LANES;
  if (compute == EXPERT_COMPUTE_BF16) return values * EXPERT_DEPTH_BF16 * 2;
  return values * EXPERT_DEPTH_F32 * 4 + (size_t)EXPERT_LANES * EXPERT_DEPTH_F32 * 2;
}

/// Neighbouring panels of one depth block, ready for register tiles: a packed row block is read from
/// the nearest cache for all but the first of them.
typedef struct {
  const void *panel[EXPERT_PANEL_GROUP];
  size_t count;
} ready;

static ready unpack_forward(const expert_product *p, size_t panel, size_t count, size_t k,
                            size_t depth, char *scratch) {
  size_t size = p->compute == EXPERT_COMPUTE_BF16 ? 2 : 4, bytes = depth * EXPERT_LANES * size;
  // The pairs that fp32 is widened from lie behind all panels.
  uint16_t *pairs = (uint16_t *)(scratch + (size_t)EXPERT_PANEL_GROUP * EXPERT_LANES *
                                               EXPERT_DEPTH_F32 * sizeof(float));
  ready r = {.count = count};
  for (size_t i = 0; i < count; i++) {
    size_t at = p->lane_from / EXPERT_LANES + panel + i;
    void *to = scratch + i * bytes;
    if (p->compute == EXPERT_COMPUTE_BF16)
      r.panel[i] = expert_forward_pairs(p->isa, p->weights, at, k, depth, to);
    else
      r.panel[i] = expert_forward_floats(p->isa, p->weights, at, k, depth, to, pairs);
  }
  return r;
}

static ready unpack_backward(const expert_product *p, size_t panel, size_t count, size_t k,
                             size_t depth, void *scratch) {
  size_t n = p->depth_from + k, stride = depth * EXPERT_LANES;
  ready r = {.count = count};
  if (p->compute == EXPERT_COMPUTE_BF16)
    expert_backward_pairs(p->isa, p->weights, panel, count, n, depth, scratch, stride);
  else
    expert_backward_floats(p->isa, p->weights, panel, count, n, depth, scratch, stride);
  size_t bytes = stride * (p->compute == EXPERT_COMPUTE_BF16 ? 2 : 4);
  for (size_t i = 0; i < count; i++) r.panel[i] = (const char *)scratch + i * bytes;
  return r;
}

static void run_tile(const expert_product *p, int mr, const expert_tile *tile) {
  if (p->compute == EXPERT_COMPUTE_BF16)
    expert_tile_bf16_512(mr, tile);
  else if (p->isa >= EXPERT_ISA_AVX512)
    expert_tile_f32_512(mr, tile);
  else if (p->isa == EXPERT_ISA_AVX2)
    expert_tile_f32_avx2(mr, tile);
  else
    expert_tile_f32_plain(mr, tile);
}

/// Multiplies ready panels (the first is number `panel`) with row blocks.
static void multiply(const expert_product *p, const ready *r, size_t panel, size_t k, size_t depth,
                     size_t block_from, size_t block_to) {
  size_t blocks = expert_row_blocks(p->isa, p->rows), padded = expert_padded(p->depth);
  size_t size = p->compute == EXPERT_COMPUTE_BF16 ? 2 : 4;
  // Of the zeros that fill up the last columns, at most one is multiplied: ranks are often 16.
  size_t wanted = (p->depth - k + 1) & ~(size_t)1;
  if (wanted > depth) wanted = depth;
  for (size_t block = block_from; block < block_to; block++) {
    size_t row = block * p->rows / blocks, count = (block + 1) * p->rows / blocks - row;
    expert_tile tile = {
        .a = (const char *)p->left + (row * padded + k * count) * size,
        .c_stride = p->out_stride,
        .depth = wanted,
        .alpha = p->alpha,
        .accumulate = p->accumulate || k > 0,
    };
    for (size_t i = 0; i < r->count; i++) {
      size_t lane = (panel + i) * EXPERT_LANES, left = p->lanes - lane;
      tile.b = r->panel[i];
      tile.c = p->out + row * p->out_stride + lane;
      tile.lanes = (uint32_t)(left < EXPERT_LANES ? left : EXPERT_LANES);
      run_tile(p, (int)count, &tile);
    }
  }
}

void expert_product_tile(const expert_product *p, size_t panel_from, size_t panel_to,
                         size_t block_from, size_t block_to, void *scratch) {
  if (p->compute == EXPERT_COMPUTE_INT8) {
    expert_product_tile_int8(p, panel_from, panel_to, block_from, block_to);
    return;
  }
  size_t padded = expert_padded(p->depth), step = depth_block(p);
  for (size_t k = 0; k < padded; k += step) {
    size_t depth = padded - k < step ? padded - k : step;
    for (size_t panel = panel_from; panel < panel_to; panel += EXPERT_PANEL_GROUP) {
      size_t left = panel_to - panel;
      size_t count = left < EXPERT_PANEL_GROUP ? left : EXPERT_PANEL_GROUP;
      ready r = p->direction == EXPERT_FORWARD
                    ? unpack_forward(p, panel, count, k, depth, scratch)
                    : unpack_backward(p, panel, count, k, depth, scratch);
      multiply(p, &r, panel, k, depth, block_from, block_to);
    }
  }
}

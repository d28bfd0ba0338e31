#pragma once
#include "gemm.h"

// Products Y = X Wᵀ of a few rows: bound by how fast W comes from memory, so W is read once, from
// where it lies, for all rows.

/// The most rows that these kernels take in one call.
enum { EXPERT_GEMV_ROWS = 8 };

/// Whether these kernels know how to read this kind of weights in this way.
int expert_gemv_can(expert_isa isa, const expert_weights *weights);

/// Bytes of the prepared left operand.
size_t expert_gemv_left_bytes(const expert_weights *weights, size_t rows);

/// Prepares x [rows, inputs] for `product->left`: values as the product multiplies them, and their
/// sum over each group of columns, which the least values need.
void expert_gemv_prepare(const expert_product *product, const float *x, size_t row_stride,
                         void *left);

/// Computes the lanes [32 · panel_from, 32 · panel_to), counted from `lane_from`, of all rows; at
/// most EXPERT_GEMV_ROWS of them.
void expert_gemv(const expert_product *product, size_t panel_from, size_t panel_to);

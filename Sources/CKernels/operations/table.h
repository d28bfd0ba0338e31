// The kernels of one instruction set, gathered.
#pragma once
#include "rotation.h"
#include "rows.h"
#include "vectors.h"
#include "product.h"
#include "attention.h"
#include "decode.h"
#include "head.h"
#include "adam.h"

#define TABLE                                                                                  \
  {                                                                                            \
    .rms_norm = rms_norm, .rms_norm_backward = rms_norm_backward,                              \
    .rms_norm_weight_gradient = rms_norm_weight_gradient, .rotate = rotate, .swiglu = swiglu,  \
    .swiglu_backward = swiglu_backward, .max_row = max_row, .exp_row = exp_row,                \
    .softmax_row = softmax_row, .log_softmax_row = log_softmax_row, .add = add_vectors,        \
    .multiply = multiply_vectors, .scale = scale_vector, .axpy = axpy, .dot = dot_vectors,     \
    .sum = sum_vector, .sum_of_squares = sum_of_squares, .all_finite = all_finite,             \
    .to_bfloats = to_bfloats, .from_bfloats = from_bfloats,                                    \
    .hadamard = hadamard, .to_bytes = to_bytes,                                                \
    .attention_forward = attention_forward, .attention_backward = attention_backward,          \
    .attention_decode = attention_decode, .attention_decode_bfloat = attention_decode_bfloat,  \
    .product = product, .dots = dots, .divergence = divergence, .adamw = adamw,                                                  \
  }

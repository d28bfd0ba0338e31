#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Query lanes that attention treats together, and the widest head that it takes.
enum { EXPERT_ATTENTION_LANES = 64, EXPERT_ATTENTION_HEAD_MAX = 256 };

/// The shape of one attention: strides count floats, from one token to the next.
typedef struct {
  /// Query heads that share a key head, side by side.
  size_t group;
  /// Floats of one head; at most EXPERT_ATTENTION_HEAD_MAX.
  size_t width;
  size_t q_stride, out_stride, lse_stride;
  /// Factor of q·k.
  float scale;
  /// Whether products may round their factors to bf16, where the processor multiplies them faster.
  int narrow;
} expert_attention;

/// A run of keys and values of one key head; strides count floats.
typedef struct {
  const float *keys, *values;
  size_t key_stride, value_stride, count;
  /// Keys that query token 0 sees; token t sees t more of them, at most `count`.
  size_t visible_to_first;
} expert_key_run;

/// Where the gradients of a run's keys and values are added.
typedef struct {
  float *keys, *values;
  size_t key_stride, value_stride;
} expert_key_gradient;

/// How one row of logits is compared with a teacher's.
typedef struct {
  float inverse_temperature;
  /// log Σ e^(z/T) of each.
  float student_total, teacher_total;
  /// Weight of the teacher in Jensen-Shannon's mixture.
  float beta;
  /// Σ q ln(q/·) of the whole row, for the gradients of the reverse and the mixed divergence.
  float reverse;
  /// Factor of the gradient.
  float factor;
  /// Factor of e^(z − entropy_total), which is added to it; 0 for none.
  float entropy_factor, entropy_total;
} expert_divergence;

/// One step of AdamW: p = keep·p − step · m / (√v · inverse_root_correction2 + ε).
typedef struct {
  float beta1, beta2, epsilon;
  /// 1 − β₁ and 1 − β₂, rounded once.
  float rest1, rest2;
  /// 1 − lr · weight decay.
  float keep;
  /// lr / (1 − β₁ᵗ).
  float step;
  /// 1 / √(1 − β₂ᵗ).
  float inverse_root_correction2;
  /// What gradients are multiplied by first: clipping.
  float gradient_scale;
} expert_adamw;

/// The kernels of one instruction set. All memory is fp32 unless it says otherwise; no pointer
/// need be aligned; outputs may be inputs of the same place where elements depend on their own
/// row only.
typedef struct {
  /// y = x / rms(x) · weight of `rows` rows; `inverse` (may be NULL) receives 1/rms of each.
  void (*rms_norm)(
      const float *x, size_t x_stride, const float *weight, float *y, size_t y_stride,
      float *inverse, size_t rows, size_t width, float epsilon);
  /// dx (+)= inverse · (w·dy − x · inverse² / width · Σ w·dy·x).
  void (*rms_norm_backward)(
      const float *dy, size_t dy_stride, const float *x, size_t x_stride, const float *weight,
      const float *inverse, float *dx, size_t dx_stride, size_t rows, size_t width,
      int accumulate);
  /// dw += Σ over rows of dy · x · inverse, in the order of the rows.
  void (*rms_norm_weight_gradient)(
      const float *dy, size_t dy_stride, const float *x, size_t x_stride, const float *inverse,
      float *dw, size_t rows, size_t width);
  /// Turns element pairs (i, i + width/2) of each head by one token's angles; sign −1 turns back.
  void (*rotate)(
      float *x, size_t heads, size_t width, const float *cosines, const float *sines, float sign);
  /// y = silu(gate) · up.
  void (*swiglu)(const float *gate, const float *up, float *y, size_t width);
  void (*swiglu_backward)(
      const float *dy, const float *gate, const float *up, float *dgate, float *dup, size_t width);
  /// The largest element; −inf of none.
  float (*max_row)(const float *x, size_t count);
  /// y = e^((x − shift) · scale), and the sum of it; y may be NULL.
  float (*exp_row)(const float *x, float *y, size_t count, float shift, float scale);
  /// x becomes its softmax; returns log Σ eˣ.
  float (*softmax_row)(float *x, size_t count);
  /// x becomes its log-softmax; returns log Σ eˣ.
  float (*log_softmax_row)(float *x, size_t count);
  /// y = a + b.
  void (*add)(const float *a, const float *b, float *y, size_t count);
  /// y = a · b.
  void (*multiply)(const float *a, const float *b, float *y, size_t count);
  /// y *= factor.
  void (*scale)(float factor, float *y, size_t count);
  /// y += factor · x.
  void (*axpy)(float factor, const float *x, float *y, size_t count);
  float (*dot)(const float *a, const float *b, size_t count);
  double (*sum)(const float *x, size_t count);
  double (*sum_of_squares)(const float *x, size_t count);
  /// 1 where no element is infinite or NaN.
  int (*all_finite)(const float *x, size_t count);
  /// fp32 to bf16, ties to even.
  void (*to_bfloats)(const float *x, uint16_t *y, size_t count);
  void (*from_bfloats)(const uint16_t *x, float *y, size_t count);
  /// y = x H of each run of `width` (a power of two that divides `count`), with the Hadamard matrix
  /// H of elements ±1 (Sylvester's): the same bits with every instruction set; y may be x.
  void (*hadamard)(const float *x, float *y, size_t count, size_t width);
  /// codes = x / scale rounded to −127 … 127, ties to even, with the sum of the codes. Returns the
  /// scale: the largest magnitude / 127, NaN where x is not finite.
  float (*to_bytes)(const float *x, int8_t *codes, size_t count, int32_t *sum);
  /// C [rows, width] (+)= Σₖ a[m·am + k·ak] · b[k·b_stride + n], summed in the order of k.
  void (*product)(
      size_t rows, size_t width, size_t depth, const float *a, size_t am, size_t ak,
      const float *b, size_t b_stride, float *c, size_t c_stride, bool accumulate);
  /// C [rows, columns] = A Bᵀ: Σₖ a[m·a_stride + k] · b[n·b_stride + k].
  void (*dots)(
      size_t rows, size_t columns, size_t depth, const float *a, size_t a_stride, const float *b,
      size_t b_stride, float *c, size_t c_stride);
  /// Lanes [first, first + lanes), lanes ≤ 64, of q [tokens, group, width] attend to the runs.
  /// Lane l is head l % group of token l / group. `lse` may be NULL.
  void (*attention_forward)(
      const expert_attention *shape, size_t first, size_t lanes, const float *q,
      const expert_key_run *runs, size_t run_count, float *out, float *lse);
  /// The same lanes backward: sets their dq, adds to the gradients of the runs.
  void (*attention_backward)(
      const expert_attention *shape, size_t first, size_t lanes, const float *q,
      const expert_key_run *runs, size_t run_count, const float *out, const float *dout,
      const float *lse, float *dq, const expert_key_gradient *gradients);
  /// q [group, width] attends to `count` rows of a cache [count, width]; out [group, width].
  void (*attention_decode)(
      const float *q, size_t group, size_t width, const float *keys, const float *values,
      size_t count, float scale, float *out);
  void (*attention_decode_bfloat)(
      const float *q, size_t group, size_t width, const uint16_t *keys, const uint16_t *values,
      size_t count, float scale, float *out);
  /// Adds a divergence of a row's tile to `loss`, and its Σ q ln(q/·) to `reverse`; kind 0 forward,
  /// 1 reverse, 2 Jensen-Shannon. With `gradient` the student's logits become their gradient.
  void (*divergence)(
      int kind, const expert_divergence *row, float *student, const float *teacher, size_t count,
      int gradient, double *loss, double *reverse);
  void (*adamw)(
      const expert_adamw *step, float *parameter, const float *gradient, float *first,
      float *second, size_t count);
} expert_operations;

/// The kernels of an instruction set (an `expert_isa` that this processor has).
const expert_operations *expert_operations_of(int isa);

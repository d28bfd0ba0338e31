// Rows of a tile of logits: divergences between a student's and a teacher's distribution.
#pragma once
#include "lanes.h"

/// ln x of positive normal numbers: exponent and Cephes' logf polynomial, 1e-7 relative to 1.
INLINE V log_lanes(V x) {
  const U bits = (U)x;
  I exponent = (I)(bits >> 23) - 126;
  V m = (V)((bits & 0x007fffff) | 0x3f000000);
  const I small = m < 0.70710678f;
  exponent += small;
  m = (small ? m + m : m) - 1.0f;
  const V z = m * m, e = __builtin_convertvector(exponent, V);
  V p = all(7.0376836292e-2f);
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  V y = p * m * z + e * -2.12194440e-4f;
  y = y - z * 0.5f;
  return (m + y) + e * 0.693359375f;
}

/// Lanes beyond `count` become zero.
INLINE V present(V value, size_t at, size_t count) {
  if (at + LANES <= count) return value;
  float room[LANES];
  store(room, value);
  for (size_t lane = count - at; lane < LANES; lane++) room[lane] = 0;
  return load(room);
}

INLINE double lanes_in_double(V value) {
  float room[LANES];
  store(room, value);
  double total = 0;
  for (size_t lane = 0; lane < LANES; lane++) total += (double)room[lane];
  return total;
}

/// One divergence over one row of a tile. With p the teacher's, q the student's probabilities at
/// the temperature and m = βp + (1 − β)q:
///   forward   Σ p ln(p/q)                          dz = q − p
///   reverse   Σ q ln(q/p) = R                      dz = q (ln(q/p) − R)
///   Jensen    β Σ p ln(p/m) + (1 − β) R            dz = (1 − β) q (ln(q/m) − R), R = Σ q ln(q/m)
INLINE void divergence_row(
    int kind, const expert_divergence *a, float *student, const float *teacher, size_t count,
    int gradient, double *loss, double *reverse) {
  const float inverse = a->inverse_temperature, rest = 1.0f - a->beta;
  const float log_beta = kind == 2 ? logf(a->beta) : 0, log_rest = kind == 2 ? logf(rest) : 0;
  for (size_t i = 0; i < count;) {
    V losses = {0}, reverses = {0};
    for (int turn = 0; turn < 16 && i < count; turn++, i += LANES) {
      const V z = load_until(student, i, count);
      const V ls = z * inverse - a->student_total;
      const V lt = load_until(teacher, i, count) * inverse - a->teacher_total;
      const V q = present(exp_lanes(ls), i, count), p = present(exp_lanes(lt), i, count);
      V slope;
      if (kind == 0) {
        losses += p * (lt - ls);
        slope = q - p;
      } else if (kind == 1) {
        losses += q * (ls - lt);
        slope = q * ((ls - lt) - a->reverse);
      } else {
        const V one = lt + log_beta, other = ls + log_rest;
        const V top = larger(one, other), low = one > other ? other : one;
        const V lm = top + log_lanes(exp_lanes(low - top) + 1.0f);
        const V back = q * (ls - lm);
        losses += p * (lt - lm) * a->beta + back * rest;
        reverses += back;
        slope = (back - q * a->reverse) * rest;
      }
      if (!gradient) continue;
      slope *= a->factor;
      if (a->entropy_factor != 0.0f)
        slope = exp_lanes(z - a->entropy_total) * a->entropy_factor + slope;
      store_until(student, i, count, slope);
    }
    *loss += lanes_in_double(losses);
    *reverse += lanes_in_double(kind == 1 ? losses : reverses);
  }
}

static void divergence(
    int kind, const expert_divergence *a, float *student, const float *teacher, size_t count,
    int gradient, double *loss, double *reverse) {
  if (kind == 0) divergence_row(0, a, student, teacher, count, gradient, loss, reverse);
  if (kind == 1) divergence_row(1, a, student, teacher, count, gradient, loss, reverse);
  if (kind == 2) divergence_row(2, a, student, teacher, count, gradient, loss, reverse);
}

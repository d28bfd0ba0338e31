// One step of AdamW (Loshchilov and Hutter 2019).
#pragma once
#include "lanes.h"

static void adamw(
    const expert_adamw *a, float *parameter, const float *gradient, float *first, float *second,
    size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const V g = load_until(gradient, i, count) * a->gradient_scale;
    const V m = load_until(first, i, count) * a->beta1 + g * a->rest1;
    const V v = load_until(second, i, count) * a->beta2 + g * g * a->rest2;
    store_until(first, i, count, m);
    store_until(second, i, count, v);
    const V root = __builtin_elementwise_sqrt(v) * a->inverse_root_correction2 + a->epsilon;
    const V p = load_until(parameter, i, count) * a->keep;
    store_until(parameter, i, count, p - m / root * a->step);
  }
}

#include "quant.h"

#include <string.h>

// Codes of GGUF blocks, moved into panels without change.

#pragma STDC FP_CONTRACT OFF

enum { LONGEST_BLOCK = 256 };

/// One block taken apart: value = code · scale[group] + least[group].
typedef struct {
  uint8_t codes[LONGEST_BLOCK];
  float scale[16];
  float least[16];
} parts;

static float half_at(const uint8_t *from) {
  uint16_t bits;
  memcpy(&bits, from, 2);
  return expert_half_to_float(bits);
}

static void take_nibbles(const uint8_t *from, uint8_t *codes) {
  for (size_t j = 0; j < 16; j++) {
    codes[j] = from[j] & 15;
    codes[j + 16] = from[j] >> 4;
  }
}

static void take_q4_k(const uint8_t *from, parts *p) {
  float d = half_at(from), dmin = half_at(from + 2);
  const uint8_t *s = from + 4, *q = from + 16;
  for (size_t j = 0; j < 8; j++) {
    int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    int least = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | (s[j] >> 6) << 4;
    p->scale[j] = d * (float)scale;
    p->least[j] = -(dmin * (float)least);
    for (size_t i = 0; i < 32; i++)
      p->codes[j * 32 + i] = j % 2 ? q[j / 2 * 32 + i] >> 4 : q[j / 2 * 32 + i] & 15;
  }
}

static void take_q6_k(const uint8_t *from, parts *p) {
  float d = half_at(from + 208);
  for (size_t i = 0; i < 16; i++) p->scale[i] = d * (float)(int8_t)from[192 + i];
  for (size_t i = 0; i < 256; i++) {
    size_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
    uint8_t low = from[half * 64 + quarter % 2 * 32 + l], high = from[128 + half * 32 + l];
    int code = (quarter < 2 ? low & 15 : low >> 4) | ((high >> (2 * quarter)) & 3) << 4;
    p->codes[i] = (uint8_t)(int8_t)(code - 32);
  }
}

static void take(expert_blocks blocks, const uint8_t *from, parts *p) {
  switch (blocks) {
    case EXPERT_BLOCKS_Q8_0:
      p->scale[0] = half_at(from);
      memcpy(p->codes, from + 2, 32);
      break;
    case EXPERT_BLOCKS_Q4_0:
      p->scale[0] = half_at(from);
      take_nibbles(from + 2, p->codes);
      break;
    case EXPERT_BLOCKS_Q4_1:
      p->scale[0] = half_at(from);
      p->least[0] = half_at(from + 2);
      take_nibbles(from + 4, p->codes);
      break;
    case EXPERT_BLOCKS_Q4_K: take_q4_k(from, p); break;
    case EXPERT_BLOCKS_Q6_K: take_q6_k(from, p); break;
  }
}

void expert_put_scale(const expert_weights *w, void *scales, size_t place, size_t group,
                      float scale, float least) {
  size_t groups = w->padded / w->group, rows = w->has_least ? 64 : 32;
  size_t entry = (place / EXPERT_LANES * groups + group) * rows + place % EXPERT_LANES;
  if (w->wide_scales) {
    ((float *)scales)[entry] = scale;
    if (w->has_least) ((float *)scales)[entry + EXPERT_LANES] = least;
    return;
  }
  ((uint16_t *)scales)[entry] = expert_float_to_half(scale);
  if (w->has_least) ((uint16_t *)scales)[entry + EXPERT_LANES] = expert_float_to_half(least);
}

void expert_repack_row(const expert_weights *w, expert_blocks blocks, const uint8_t *row,
                       size_t place, uint16_t *panels, void *scales) {
  static const size_t elements[] = {32, 32, 32, 256, 256}, bytes[] = {34, 18, 20, 144, 210};
  size_t size = elements[blocks];
  expert_weights run = *w;
  for (size_t k = 0; k + size <= w->inputs; k += size, row += bytes[blocks]) {
    parts p;
    take(blocks, row, &p);
    for (size_t g = 0; g < size / w->group; g++)
      expert_put_scale(w, scales, place, k / w->group + g, p.scale[g], p.least[g]);
    // The columns of this block, as if the matrix began with them.
    run.inputs = size;
    if (w->kind == EXPERT_PANELS_4BIT)
      expert_put_codes_4bit(&run, panels + k / 8 * 64, place, p.codes);
    else
      expert_put_codes_8bit(&run, panels + k / 8 * 128, place, (const int8_t *)p.codes);
  }
}

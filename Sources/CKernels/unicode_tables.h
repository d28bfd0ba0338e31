#pragma once
#include <stddef.h>
#include <stdint.h>

// What a code point is to a pre-tokeniser or to NFC.
enum {
  UNICODE_LETTER = 1,    // \p{L}
  UNICODE_NUMBER = 2,    // \p{N}
  UNICODE_SPACE = 4,     // White_Space
  UNICODE_DIGIT = 8,     // what the digit splitter isolates: \p{N} of a later Unicode
  UNICODE_UNSTABLE = 16, // a combining mark, or not certainly the same after NFC
  UNICODE_WORD = 32,     // \w
};

extern const uint8_t expert_unicode_index[0x1100];
extern const uint8_t expert_unicode_flags[];
// Triples (first, last, combining class), sorted.
extern const uint32_t expert_combining_ranges[];
extern const size_t expert_combining_count;
// Triples (code point, offset into the texts, count), sorted: full canonical decompositions.
extern const uint32_t expert_decompositions[];
extern const uint32_t expert_decomposition_texts[];
extern const size_t expert_decomposition_count;
// Triples (first, second, composed), sorted by the first two.
extern const uint32_t expert_compositions[];
extern const size_t expert_composition_count;

static inline uint8_t unicode_flags(uint32_t point) {
  if (point > 0x10ffff) return 0;
  return expert_unicode_flags[(size_t)expert_unicode_index[point >> 8] << 8 | (point & 255)];
}

// The code point at `text[at]` and its length in bytes. Ill-formed bytes count as one unknown
// character each; nothing past `end` is read.
static inline uint32_t utf8_decode(const uint8_t *text, size_t at, size_t end, size_t *length) {
  uint8_t c = text[at];
  size_t left = end - at;
  *length = 1;
  if (c < 0x80) return c;
  if (c < 0xe0) {
    if (c < 0xc2 || left < 2) return 0x110000;
    *length = 2;
    return (uint32_t)(c & 0x1f) << 6 | (text[at + 1] & 0x3f);
  }
  if (c < 0xf0) {
    if (left < 3) return 0x110000;
    *length = 3;
    return (uint32_t)(c & 0x0f) << 12 | (uint32_t)(text[at + 1] & 0x3f) << 6 |
           (text[at + 2] & 0x3f);
  }
  if (c > 0xf4 || left < 4) return 0x110000;
  *length = 4;
  return (uint32_t)(c & 0x07) << 18 | (uint32_t)(text[at + 1] & 0x3f) << 12 |
         (uint32_t)(text[at + 2] & 0x3f) << 6 | (text[at + 3] & 0x3f);
}

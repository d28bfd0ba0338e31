#pragma once
#include "bpe.h"
#include "unicode_tables.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// The word scanner. Every rule is a specialisation of one inline function on a constant `split`,
// so that each gets its own code without the other rules' branches.

enum { CAT_OTHER, CAT_LETTER, CAT_NUMBER, CAT_SPACE, CAT_END };

#define INLINE static inline __attribute__((always_inline))

INLINE int is_ascii_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }

INLINE int category_of_flags(expert_split split, uint8_t flags) {
  if (split == EXPERT_SPLIT_GPT2_DIGITS && (flags & UNICODE_DIGIT)) return CAT_END;
  if (flags & UNICODE_LETTER) return CAT_LETTER;
  if (flags & UNICODE_NUMBER) return CAT_NUMBER;
  return flags & UNICODE_SPACE ? CAT_SPACE : CAT_OTHER;
}

// The category of the character at `at` and its length; CAT_END where the piece ends, which for
// the digit splitter is also in front of every digit.
INLINE int category(expert_split split, const uint8_t *text, size_t at, size_t end, size_t *length) {
  if (at >= end) return CAT_END;
  uint8_t c = text[at];
  *length = 1;
  if (c < 0x80) return category_of_flags(split, expert_unicode_flags[c]);
  return category_of_flags(split, unicode_flags(utf8_decode(text, at, end, length)));
}

#if defined(__SSE2__)
// How many of the 16 bytes at `at` are ASCII letters before the first that is none.
INLINE unsigned letters16(const uint8_t *at) {
  __m128i v = _mm_or_si128(_mm_loadu_si128((const __m128i *)at), _mm_set1_epi8(0x20));
  // 'a'...'z' moved to the 26 least signed values.
  __m128i moved = _mm_add_epi8(v, _mm_set1_epi8((char)(0x80 - 'a')));
  unsigned mask = (unsigned)_mm_movemask_epi8(
      _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(0x80 + 26))));
  return (unsigned)__builtin_ctz(~mask);
}

INLINE unsigned blanks16(const uint8_t *at) {
  __m128i v = _mm_loadu_si128((const __m128i *)at);
  unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
  return (unsigned)__builtin_ctz(~mask);
}
#endif

INLINE size_t letters(expert_split split, const uint8_t *text, size_t at, size_t end) {
  for (;;) {
#if defined(__SSE2__)
    while (at + 16 <= end) {
      unsigned run = letters16(text + at);
      at += run;
      if (run < 16) break;
    }
#endif
    while (at < end && is_ascii_letter(text[at])) at++;
    size_t length;
    if (at >= end || text[at] < 0x80) return at;
    do {
      if (category(split, text, at, end, &length) != CAT_LETTER) return at;
      at += length;
    } while (at < end && text[at] >= 0x80);
  }
}

INLINE size_t numbers(
    expert_split split, const uint8_t *text, size_t at, size_t end, size_t most) {
  size_t length;
  for (size_t i = 0; i < most; i++) {
    if (category(split, text, at, end, &length) != CAT_NUMBER) break;
    at += length;
  }
  return at;
}

INLINE size_t others(expert_split split, const uint8_t *text, size_t at, size_t end) {
  size_t length;
  while (category(split, text, at, end, &length) == CAT_OTHER) at += length;
  return at;
}

// The length of an English contraction that starts with the apostrophe at `at`, or 0. Ignoring
// case, U+017F (ſ, two bytes) is an s: its simple case folding.
INLINE size_t contraction(
    int ignore_case, const uint8_t *text, size_t at, size_t end) {
  if (end - at < 2) return 0;
  uint8_t fold = ignore_case ? 0x20 : 0;
  uint8_t a = text[at + 1] | fold;
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return 2;
  if (end - at < 3) return 0;
  if (ignore_case && text[at + 1] == 0xc5 && text[at + 2] == 0xbf) return 3;
  uint8_t b = text[at + 2] | fold;
  if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) return 3;
  return 0;
}

// A run of white space from `at` on. With `lines`, up to its last line break if it has one. Else
// all of it where the piece ends behind it, and without its last character where it does not,
// unless that is all there is.
INLINE size_t spaces(expert_split split, int lines, const uint8_t *text, size_t at, size_t end) {
  size_t start = at, last = at, after_break = 0, length = 1;
  for (;;) {
#if defined(__SSE2__)
    while (at + 16 <= end) {
      unsigned run = blanks16(text + at);
      if (run) last = at + run - 1;
      at += run;
      if (run < 16) break;
    }
#endif
    int kind = category(split, text, at, end, &length);
    if (kind != CAT_SPACE) {
      if (lines && after_break) return after_break;
      if (kind == CAT_END) return at;
      return last > start ? last : at;
    }
    last = at;
    at += length;
    if (lines && (text[last] == '\n' || text[last] == '\r')) after_break = at;
  }
}

INLINE size_t next_gpt2(expert_split split, const uint8_t *text, size_t at, size_t end) {
  size_t length, next, first;
  int kind = category(split, text, at, end, &length);
  if (kind == CAT_END) {
    // Only the digit splitter comes here: one digit stands alone.
    utf8_decode(text, at, end, &length);
    return at + length;
  }
  if (text[at] == '\'' && (next = contraction(0, text, at, end))) return at + next;
  first = at;
  if (text[at] == ' ') {
    size_t second;
    int behind = category(split, text, at + 1, end, &second);
    if (behind != CAT_SPACE && behind != CAT_END) kind = behind, first = at + 1, length = second;
  }
  if (kind == CAT_LETTER) return letters(split, text, first + length, end);
  if (kind == CAT_NUMBER) return numbers(split, text, first + length, end, SIZE_MAX);
  if (kind == CAT_OTHER) return others(split, text, first + length, end);
  return spaces(split, 0, text, at, end);
}

INLINE size_t next_qwen(expert_split split, const uint8_t *text, size_t at, size_t end) {
  size_t length, second, next;
  uint8_t c = text[at];
  int kind = category(split, text, at, end, &length);
  if (kind == CAT_LETTER) return letters(split, text, at + length, end);
  if (kind == CAT_NUMBER)
    return numbers(split, text, at + length, end, split == EXPERT_SPLIT_LLAMA3 ? 2 : 0);
  if (c == '\'' && (next = contraction(1, text, at, end))) return at + next;
  int behind = category(split, text, at + length, end, &second);
  if (behind == CAT_LETTER && c != '\r' && c != '\n')
    return letters(split, text, at + length + second, end);
  if (kind == CAT_SPACE && !(c == ' ' && behind == CAT_OTHER))
    return spaces(split, 1, text, at, end);
  at = others(split, text, at + length, end);
  while (at < end && (text[at] == '\r' || text[at] == '\n')) at++;
  return at;
}

INLINE size_t next_word(expert_split split, const uint8_t *text, size_t at, size_t end) {
  return split == EXPERT_SPLIT_GPT2 || split == EXPERT_SPLIT_GPT2_DIGITS
             ? next_gpt2(split, text, at, end)
             : next_qwen(split, text, at, end);
}

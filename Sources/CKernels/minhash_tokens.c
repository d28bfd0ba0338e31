#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Odd constants of SplitMix64 and MurmurHash3's finaliser; any odd well-mixed ones would do.
#define K_LENGTH 0x9e3779b97f4a7c15u
#define K_WORD 0xff51afd7ed558ccdu
#define K_SECOND 0xbf58476d1ce4e5b9u
#define K_THIRD 0x94d049bb133111ebu
#define K_LAST 0xc4ceb9fe1a85ec53u

static inline uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

static inline uint64_t absorb(uint64_t h, uint64_t word) {
  h = (h ^ word) * K_WORD;
  return h ^ h >> 32;
}

// Up to eight bytes as a little-endian number, without reading past `count`.
static inline uint64_t tail_word(const uint8_t *bytes, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) word |= (uint64_t)bytes[i] << (8 * i);
  return word;
}

static inline uint64_t full_word(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

// The hash of a token inside a text of which `readable` bytes from the token on may be read.
static inline uint64_t token_hash(const uint8_t *bytes, size_t count, size_t readable) {
  uint64_t h = count * K_LENGTH;
  while (count > 8) {
    h = absorb(h, full_word(bytes));
    bytes += 8, count -= 8, readable -= 8;
  }
  if (readable >= 8) return absorb(h, full_word(bytes) & (~(uint64_t)0 >> (64 - 8 * count)));
  return absorb(h, tail_word(bytes, count));
}

uint64_t expert_token_hash(const uint8_t *bytes, size_t count) {
  return count ? token_hash(bytes, count, count) : 0;
}

static inline int is_word(uint8_t c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static inline int is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }

static ptrdiff_t tokens_scalar(const uint8_t *text, size_t count, uint64_t *tokens) {
  ptrdiff_t found = 0;
  size_t i = 0;
  while (i < count) {
    uint8_t c = text[i];
    if (c >= 0x80) return -1;
    size_t start = i++;
    if (is_space(c)) continue;
    if (is_word(c))
      while (i < count && is_word(text[i])) i++;
    tokens[found++] = token_hash(text + start, i - start, count - start);
  }
  return found;
}

#if defined(__x86_64__)

typedef struct {
  uint64_t word, space, high;
} classes;

// Bits of 64 bytes: letters and digits, white space, bytes that are not ASCII.
__attribute__((target("avx512f,avx512bw"))) static inline classes classify_avx512(
    const uint8_t *text, size_t count) {
  __mmask64 valid = count >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1;
  __m512i c = _mm512_maskz_loadu_epi8(valid, text);
  __m512i lower = _mm512_or_si512(c, _mm512_set1_epi8(0x20));
  __mmask64 digit = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(c, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
  __mmask64 letter = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
  __mmask64 control = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(c, _mm512_set1_epi8(9)), _mm512_set1_epi8(5));
  __mmask64 blank = _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8(' '));
  classes result = {
      (digit | letter) & valid, control | blank | ~valid, _mm512_movepi8_mask(c)};
  return result;
}

__attribute__((target("avx512f,avx512bw,bmi,bmi2"))) static ptrdiff_t tokens_avx512(
    const uint8_t *text, size_t count, uint64_t *tokens) {
  ptrdiff_t found = 0;
  size_t open = SIZE_MAX;  // where a run of letters and digits began that is not over yet
  for (size_t base = 0; base < count; base += 64) {
    classes c = classify_avx512(text + base, count - base);
    if (c.high) return -1;
    uint64_t before = c.word << 1 | (open != SIZE_MAX);  // bit i: byte i - 1 is a letter or digit
    uint64_t ends = ~c.word & before, others = ~(c.word | c.space), starts = c.word & ~before;
    // Every end and every other character produces a token, in order; starts only set `open`.
    for (uint64_t events = ends | others | starts; events; events &= events - 1) {
      int bit = __builtin_ctzll(events);
      size_t at = base + (size_t)bit;
      if (starts >> bit & 1) {
        open = at;
        continue;
      }
      if (ends >> bit & 1) {
        tokens[found++] = token_hash(text + open, at - open, count - open);
        open = SIZE_MAX;
      }
      if (others >> bit & 1) tokens[found++] = token_hash(text + at, 1, count - at);
    }
  }
  if (open != SIZE_MAX) tokens[found++] = token_hash(text + open, count - open, count - open);
  return found;
}

#endif

ptrdiff_t expert_ascii_tokens(expert_isa isa, const uint8_t *text, size_t count, uint64_t *tokens) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) return tokens_avx512(text, count, tokens);
#endif
  (void)isa;
  return tokens_scalar(text, count, tokens);
}

static inline uint64_t shingle(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t h = (a ^ K_LENGTH) * K_WORD;
  h = (rotate(h, 23) ^ b) * K_SECOND;
  h = (rotate(h, 29) ^ c) * K_THIRD;
  h = (h ^ h >> 32) * K_LAST;
  h ^= h >> 29;
  return h ? h : 1;
}

size_t expert_shingles(const uint64_t *tokens, size_t count, uint64_t *shingles) {
  if (count < 3) {
    // Token hashes are no small numbers but by accident; the count keeps lengths apart.
    shingles[0] = shingle(count > 0 ? tokens[0] : 0, count > 1 ? tokens[1] : 0, count);
    return 1;
  }
  for (size_t i = 0; i + 2 < count; i++)
    shingles[i] = shingle(tokens[i], tokens[i + 1], tokens[i + 2]);
  return count - 2;
}

size_t expert_unique(uint64_t *values, size_t count, uint64_t *table, size_t mask) {
  memset(table, 0, (mask + 1) * sizeof *table);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t value = values[i];
    size_t slot = value & mask;
    while (table[slot] && table[slot] != value) slot = (slot + 1) & mask;
    if (table[slot]) continue;
    table[slot] = value;
    values[kept++] = value;
  }
  return kept;
}

size_t expert_intersection(
    const uint64_t *table, size_t mask, const uint64_t *values, size_t count) {
  size_t common = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t value = values[i];
    size_t slot = value & mask;
    while (table[slot] && table[slot] != value) slot = (slot + 1) & mask;
    common += table[slot] == value;
  }
  return common;
}

uint64_t expert_checksum(uint64_t start, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  uint64_t h = start ^ count * K_LENGTH;
  for (; count >= 8; at += 8, count -= 8) h = rotate(absorb(h, full_word(at)), 11);
  return count ? absorb(h, tail_word(at, count)) : h;
}

#include "json_scan.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// SSE2 belongs to every x86-64 processor, so these scanners need no dispatch; other processors
// take eight bytes at a time in a general register.

static inline uint64_t load8(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return word;
}

static const uint64_t ONES = 0x0101010101010101, HIGHS = 0x8080808080808080;

// The high bit of each zero byte is set; bytes above the first zero may be marked falsely, so the
// result answers only "is there one".
static inline uint64_t zero_bytes(uint64_t word) { return (word - ONES) & ~word & HIGHS; }

static inline int json_special(uint8_t byte) {
  return byte < 0x20 || byte == '"' || byte == '\\';
}

size_t expert_json_plain(const uint8_t *bytes, size_t count) {
  size_t i = 0;
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; i + 16 <= count; i += 16) {
    __m128i block = _mm_loadu_si128((const __m128i *)(bytes + i));
    __m128i special = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(_mm_min_epu8(block, control), block));
    unsigned mask = (unsigned)_mm_movemask_epi8(special);
    if (mask) return i + (size_t)__builtin_ctz(mask);
  }
#endif
  for (; i + 8 <= count; i += 8) {
    uint64_t word = load8(bytes + i);
    uint64_t control = (word - 0x20 * ONES) & ~word & HIGHS;
    if (control | zero_bytes(word ^ '"' * ONES) | zero_bytes(word ^ '\\' * ONES)) break;
  }
  while (i < count && !json_special(bytes[i])) i++;
  return i;
}

size_t expert_csv_plain(const uint8_t *bytes, size_t count, uint8_t separator) {
  size_t i = 0;
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), cut = _mm_set1_epi8((char)separator);
  const __m128i feed = _mm_set1_epi8('\n'), back = _mm_set1_epi8('\r');
  for (; i + 16 <= count; i += 16) {
    __m128i block = _mm_loadu_si128((const __m128i *)(bytes + i));
    __m128i special = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, cut));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(block, feed));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(block, back));
    unsigned mask = (unsigned)_mm_movemask_epi8(special);
    if (mask) return i + (size_t)__builtin_ctz(mask);
  }
#endif
  while (i < count && bytes[i] != '"' && bytes[i] != separator && bytes[i] != '\n' &&
         bytes[i] != '\r')
    i++;
  return i;
}

// The number of ASCII bytes at the start.
static size_t ascii_prefix(const uint8_t *bytes, size_t count) {
  size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= count; i += 16) {
    __m128i block = _mm_loadu_si128((const __m128i *)(bytes + i));
    unsigned mask = (unsigned)_mm_movemask_epi8(block);
    if (mask) return i + (size_t)__builtin_ctz(mask);
  }
#endif
  for (; i + 8 <= count; i += 8)
    if (load8(bytes + i) & HIGHS) break;
  while (i < count && bytes[i] < 0x80) i++;
  return i;
}

static inline int continues(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The length of the character of two to four bytes at `p`, or 0 where there is none. The ranges
// of the second byte are those of the table in RFC 3629, section 4.
static inline size_t sequence(const uint8_t *p, size_t left) {
  uint8_t lead = p[0];
  if (lead < 0xC2 || lead > 0xF4 || left < 2) return 0;
  uint8_t second = p[1];
  if (lead < 0xE0) return continues(second) ? 2 : 0;
  if (left < 3) return 0;
  if (lead < 0xF0) {
    uint8_t low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && continues(p[2]) ? 3 : 0;
  }
  if (left < 4) return 0;
  uint8_t low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high && continues(p[2]) && continues(p[3]) ? 4 : 0;
}

size_t expert_utf8_valid(const uint8_t *bytes, size_t count) {
  size_t i = 0;
  for (;;) {
    i += ascii_prefix(bytes + i, count - i);
    // Text that is not ASCII comes in runs: stay in this loop as long as the run lasts.
    while (i < count && bytes[i] >= 0x80) {
      size_t length = sequence(bytes + i, count - i);
      if (length == 0) return i;
      i += length;
    }
    if (i == count) return i;
  }
}

size_t expert_find_byte(const uint8_t *bytes, size_t count, uint8_t value) {
  const uint8_t *found = count ? memchr(bytes, value, count) : NULL;
  return found ? (size_t)(found - bytes) : count;
}

#include "CKernels.h"
#include "sha256.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// The 64 round constants of FIPS 180-4, section 4.2.2.
static const uint32_t K[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The initial state of FIPS 180-4, section 5.3.3.
static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static int has_sha(void) {
  static int cached = -1;
  int known = __atomic_load_n(&cached, __ATOMIC_RELAXED);
  if (known >= 0) return known;
  unsigned a, b, c, d;
  int sse = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1);
  int sha = sse && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
  sha = sha && expert_isa_current() != EXPERT_ISA_SCALAR;
  __atomic_store_n(&cached, sha, __ATOMIC_RELAXED);
  return sha;
}

// The instructions hold the eight state words as (A,B,E,F) and (C,D,G,H), high to low.
__attribute__((target("sha,ssse3,sse4.1"))) static void
compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xF0);
  for (; blocks > 0; blocks--, data += 64) {
    __m128i abef_before = abef, cdgh_before = cdgh, w[4];
    for (int i = 0; i < 4; i++)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)), big_endian);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      __m128i sum = _mm_add_epi32(w[i & 3], _mm_load_si128((const __m128i *)(K + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
      if (i >= 12) continue;
      __m128i last = w[(i + 3) & 3];
      __m128i part = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]),
                                   _mm_alignr_epi8(last, w[(i + 2) & 3], 4));
      w[i & 3] = _mm_sha256msg2_epu32(part, last);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  low = _mm_shuffle_epi32(abef, 0x1B);
  high = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

// Feeds whole blocks from `bytes` and leaves the rest in `rest`, whose fill it updates.
static void absorb(uint32_t state[8], uint8_t rest[64], size_t *fill, const uint8_t *bytes,
                   size_t count) {
  if (*fill > 0 && *fill + count >= 64) {
    size_t part = 64 - *fill;
    memcpy(rest + *fill, bytes, part);
    compress(state, rest, 1);
    bytes += part;
    count -= part;
    *fill = 0;
  }
  if (count >= 64) {
    compress(state, bytes, count / 64);
    bytes += count & ~(size_t)63;
    count &= 63;
  }
  if (count > 0) memcpy(rest + *fill, bytes, count);
  *fill += count;
}

int expert_sha256_begin(expert_sha256_state *hash) {
  if (!has_sha()) return 0;
  memcpy(hash->words, START, sizeof hash->words);
  hash->fill = 0;
  hash->total = 0;
  return 1;
}

void expert_sha256_update(expert_sha256_state *hash, const uint8_t *bytes, size_t count) {
  absorb(hash->words, hash->rest, &hash->fill, bytes, count);
  hash->total += count;
}

void expert_sha256_end(expert_sha256_state *hash, uint8_t out[32]) {
  // A one bit, zeros, and the length in bits as 64-bit big-endian.
  uint64_t bits = hash->total * 8;
  uint8_t tail[72] = {0x80};
  size_t zeros = hash->fill < 56 ? 56 - hash->fill : 120 - hash->fill;
  for (int i = 0; i < 8; i++) tail[zeros + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
  absorb(hash->words, hash->rest, &hash->fill, tail, zeros + 8);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(hash->words[i / 4] >> (24 - 8 * (i % 4)));
}

int expert_sha256(const uint8_t *head, size_t head_count, const uint8_t *body, size_t body_count,
                  uint8_t out[32]) {
  expert_sha256_state hash;
  if (!expert_sha256_begin(&hash)) return 0;
  expert_sha256_update(&hash, head, head_count);
  expert_sha256_update(&hash, body, body_count);
  expert_sha256_end(&hash, out);
  return 1;
}
#else
int expert_sha256_begin(expert_sha256_state *hash) {
  (void)hash;
  return 0;
}

// Never reached: there is nothing to update where nothing began.
void expert_sha256_update(expert_sha256_state *hash, const uint8_t *bytes, size_t count) {
  (void)hash, (void)bytes, (void)count;
}

void expert_sha256_end(expert_sha256_state *hash, uint8_t out[32]) { (void)hash, (void)out; }

int expert_sha256(const uint8_t *head, size_t head_count, const uint8_t *body, size_t body_count,
                  uint8_t out[32]) {
  (void)head, (void)head_count, (void)body, (void)body_count, (void)out;
  return 0;
}
#endif

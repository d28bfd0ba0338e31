#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The hash functions are x -> a·x + b over 32 bits, a odd. The shingles are already well mixed, so
// each function orders a set uniformly, and the constants only have to differ: they are the
// outputs of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) started from 0.
static uint32_t multiplier[EXPERT_MINHASH_COUNT] __attribute__((aligned(64)));
static uint32_t increment[EXPERT_MINHASH_COUNT] __attribute__((aligned(64)));

static uint64_t splitmix(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

__attribute__((constructor)) static void fill_constants(void) {
  uint64_t state = 0;
  for (int i = 0; i < EXPERT_MINHASH_COUNT; i++) {
    uint64_t z = splitmix(&state);
    multiplier[i] = (uint32_t)z | 1;
    increment[i] = (uint32_t)(z >> 32);
  }
}

static inline uint32_t fold(uint64_t shingle) { return (uint32_t)(shingle ^ (shingle >> 32)); }

static void minhash_scalar(const uint64_t *shingles, size_t count, uint32_t *signature) {
  memset(signature, 0xff, EXPERT_MINHASH_COUNT * sizeof *signature);
  for (size_t s = 0; s < count; s++) {
    uint32_t x = fold(shingles[s]);
    for (int i = 0; i < EXPERT_MINHASH_COUNT; i++) {
      uint32_t value = multiplier[i] * x + increment[i];
      if (value < signature[i]) signature[i] = value;
    }
  }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void minhash_avx2(
    const uint64_t *shingles, size_t count, uint32_t *signature) {
  // Four accumulators a pass leave registers for their constants.
  for (int base = 0; base < EXPERT_MINHASH_COUNT; base += 32) {
    __m256i least[4], a[4], b[4];
    for (int v = 0; v < 4; v++) {
      least[v] = _mm256_set1_epi32(-1);
      a[v] = _mm256_load_si256((const __m256i *)(multiplier + base + 8 * v));
      b[v] = _mm256_load_si256((const __m256i *)(increment + base + 8 * v));
    }
    for (size_t s = 0; s < count; s++) {
      __m256i x = _mm256_set1_epi32((int)fold(shingles[s]));
      for (int v = 0; v < 4; v++)
        least[v] = _mm256_min_epu32(
            least[v], _mm256_add_epi32(_mm256_mullo_epi32(a[v], x), b[v]));
    }
    for (int v = 0; v < 4; v++)
      _mm256_storeu_si256((__m256i *)(signature + base + 8 * v), least[v]);
  }
}

__attribute__((target("avx512f"))) static void minhash_avx512(
    const uint64_t *shingles, size_t count, uint32_t *signature) {
  __m512i least[8], a[8], b[8];
  for (int v = 0; v < 8; v++) {
    least[v] = _mm512_set1_epi32(-1);
    a[v] = _mm512_load_si512(multiplier + 16 * v);
    b[v] = _mm512_load_si512(increment + 16 * v);
  }
  for (size_t s = 0; s < count; s++) {
    __m512i x = _mm512_set1_epi32((int)fold(shingles[s]));
    for (int v = 0; v < 8; v++)
      least[v] = _mm512_min_epu32(
          least[v], _mm512_add_epi32(_mm512_mullo_epi32(a[v], x), b[v]));
  }
  for (int v = 0; v < 8; v++) _mm512_storeu_si512(signature + 16 * v, least[v]);
}

#endif

void expert_minhash(
    expert_isa isa, const uint64_t *shingles, size_t count, uint32_t *signature) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) return minhash_avx512(shingles, count, signature);
  if (isa >= EXPERT_ISA_AVX2) return minhash_avx2(shingles, count, signature);
#endif
  (void)isa;
  minhash_scalar(shingles, count, signature);
}

void expert_band_keys(const uint32_t *signature, size_t bands, size_t rows, uint32_t *keys) {
  for (size_t band = 0; band < bands; band++) {
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (size_t row = 0; row < rows; row++) {
      h = (h ^ signature[band * rows + row]) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    keys[band] = (uint32_t)((h * 0xc4ceb9fe1a85ec53u) >> 32);
  }
}

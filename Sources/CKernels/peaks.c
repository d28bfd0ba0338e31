#include "gemm_internal.h"
#include "peaks.h"

// Fourteen independent chains hide the latency of one operation on every processor known here.

enum { CHAINS = 14 };

#if defined(__x86_64__)

EXPERT_T_BF16 static double flops_bf16(size_t turns) {
  __m512 sum[CHAINS];
  __m512bh one = (__m512bh)_mm512_set1_epi32(0x3f803f80);
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_setzero_ps();
  for (size_t turn = 0; turn < turns; turn++) {
    EXPERT_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_dpbf16_ps(sum[i], one, one);
    __asm__ volatile("" : "+v"(one));
  }
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "v"(sum[i]));
  return (double)turns * CHAINS * 64;
}

EXPERT_T_VNNI static double flops_int8(size_t turns) {
  __m512i sum[CHAINS], one = _mm512_set1_epi8(1);
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_setzero_si512();
  for (size_t turn = 0; turn < turns; turn++) {
    EXPERT_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_dpbusd_epi32(sum[i], one, one);
    __asm__ volatile("" : "+v"(one));
  }
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "v"(sum[i]));
  return (double)turns * CHAINS * 128;
}

EXPERT_T_AVX512 static double flops_512(size_t turns) {
  __m512 sum[CHAINS], one = _mm512_set1_ps(1);
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_setzero_ps();
  for (size_t turn = 0; turn < turns; turn++) {
    EXPERT_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_fmadd_ps(one, one, sum[i]);
    __asm__ volatile("" : "+v"(one));
  }
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "v"(sum[i]));
  return (double)turns * CHAINS * 32;
}

EXPERT_T_AVX2 static double flops_avx2(size_t turns) {
  __m256 sum[CHAINS], one = _mm256_set1_ps(1);
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) sum[i] = _mm256_setzero_ps();
  for (size_t turn = 0; turn < turns; turn++) {
    EXPERT_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm256_fmadd_ps(one, one, sum[i]);
    __asm__ volatile("" : "+x"(one));
  }
  EXPERT_UNROLL
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "x"(sum[i]));
  return (double)turns * CHAINS * 16;
}

EXPERT_T_AVX512 static uint64_t read_512(const char *bytes, size_t count) {
  __m512i sum[4];
  for (int i = 0; i < 4; i++) sum[i] = _mm512_setzero_si512();
  for (size_t at = 0; at < count; at += 256) {
    EXPERT_UNROLL
    for (int i = 0; i < 4; i++) {
      _mm_prefetch(bytes + at + 2048 + 64 * i, _MM_HINT_T0);
      sum[i] = _mm512_xor_si512(sum[i], _mm512_load_si512(bytes + at + 64 * i));
    }
  }
  for (int i = 1; i < 4; i++) sum[0] = _mm512_xor_si512(sum[0], sum[i]);
  return (uint64_t)_mm512_reduce_add_epi64(sum[0]);
}

#endif

typedef float lanes4 __attribute__((vector_size(16)));

static double flops_plain(size_t turns) {
  lanes4 sum[CHAINS] = {{0}}, one = {1, 1, 1, 1};
  for (size_t turn = 0; turn < turns; turn++) {
    EXPERT_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] += one * one;
    __asm__ volatile("" : "+m"(one));
  }
  for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];
  __asm__ volatile("" : : "m"(sum[0]));
  return (double)turns * CHAINS * 8;
}

double expert_peak_flops(expert_isa isa, expert_compute compute, size_t turns) {
#if defined(__x86_64__)
  if (isa == EXPERT_ISA_AVX512_BF16 && compute == EXPERT_COMPUTE_BF16) return flops_bf16(turns);
  if (isa == EXPERT_ISA_AVX512_BF16 && compute == EXPERT_COMPUTE_INT8) return flops_int8(turns);
  if (isa >= EXPERT_ISA_AVX512 && compute == EXPERT_COMPUTE_F32) return flops_512(turns);
  if (isa == EXPERT_ISA_AVX2 && compute == EXPERT_COMPUTE_F32) return flops_avx2(turns);
#endif
  (void)isa;
  return compute == EXPERT_COMPUTE_F32 ? flops_plain(turns) : 0;
}

uint64_t expert_peak_read(expert_isa isa, const void *bytes, size_t count) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) return read_512(bytes, count);
#endif
  (void)isa;
  const uint64_t *words = bytes;
  uint64_t sum[4] = {0};
  for (size_t i = 0; i < count / 8; i += 4)
    for (int j = 0; j < 4; j++) sum[j] ^= words[i + (size_t)j];
  return sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
}

#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"scalar", "avx2", "avx512", "avx512bf16"};

const char *expert_isa_name(expert_isa isa) { return names[isa]; }

static expert_isa best_of_processor(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return EXPERT_ISA_SCALAR;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return EXPERT_ISA_AVX2;
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni")
             ? EXPERT_ISA_AVX512_BF16
             : EXPERT_ISA_AVX512;
#else
  return EXPERT_ISA_SCALAR;
#endif
}

expert_isa expert_isa_current(void) {
  // Every thread computes the same value, so the unsynchronised cache needs only atomic access.
  static int cached = -1;
  int known = __atomic_load_n(&cached, __ATOMIC_RELAXED);
  if (known >= 0) return (expert_isa)known;
  expert_isa isa = best_of_processor();
  const char *forced = getenv("EXPERT_ISA");
  for (int i = 0; forced && i < 4; i++)
    if (strcmp(forced, names[i]) == 0 && i < (int)isa) isa = (expert_isa)i;
  __atomic_store_n(&cached, (int)isa, __ATOMIC_RELAXED);
  return isa;
}

#include "../include/operations.h"

#include "../include/CKernels.h"

extern const expert_operations expert_operations_scalar;
#if defined(__x86_64__)
extern const expert_operations expert_operations_avx2, expert_operations_avx512;
#endif

const expert_operations *expert_operations_of(int isa) {
#if defined(__x86_64__)
  if (isa >= EXPERT_ISA_AVX512) return &expert_operations_avx512;
  if (isa == EXPERT_ISA_AVX2) return &expert_operations_avx2;
#endif
  (void)isa;
  return &expert_operations_scalar;
}

#pragma once
#include <stddef.h>
#include <stdint.h>

/// The instruction sets a kernel may use, best last. Chosen once from the processor, or forced
/// by the environment variable EXPERT_ISA (scalar, avx2, avx512, avx512bf16).
typedef enum {
  EXPERT_ISA_SCALAR = 0,
  EXPERT_ISA_AVX2 = 1,
  EXPERT_ISA_AVX512 = 2,
  EXPERT_ISA_AVX512_BF16 = 3,
} expert_isa;

/// The best instruction set that this processor has and EXPERT_ISA allows.
expert_isa expert_isa_current(void);

/// The name of an instruction set as EXPERT_ISA spells it; never NULL.
const char *expert_isa_name(expert_isa isa);

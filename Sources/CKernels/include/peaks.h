#pragma once
#include "CKernels.h"

// What this processor can do at most: the limits that rates of products are compared with.

/// Multiplies and adds in registers, `turns` times 14 vectors; returns the floating-point operations
/// done, or 0 where the instruction set has no bf16 products. `bf16` chooses what is multiplied.
double expert_peak_flops(expert_isa isa, int bf16, size_t turns);

/// Reads `count` bytes (divisible by 256, aligned to 64) once; returns something that depends on
/// them all.
uint64_t expert_peak_read(expert_isa isa, const void *bytes, size_t count);

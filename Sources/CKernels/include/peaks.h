#pragma once
#include "CKernels.h"
#include "gemm.h"

// What this processor can do at most: the limits that rates of products are compared with.

/// Multiplies and adds in registers, `turns` times 14 vectors; returns the operations done, or 0
/// where the instruction set has no products of this kind.
double expert_peak_flops(expert_isa isa, expert_compute compute, size_t turns);

/// Reads `count` bytes (divisible by 256, aligned to 64) once; returns something that depends on
/// them all.
uint64_t expert_peak_read(expert_isa isa, const void *bytes, size_t count);

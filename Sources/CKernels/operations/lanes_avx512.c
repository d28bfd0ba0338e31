#include "../include/operations.h"
#if defined(__x86_64__)
#include <math.h>
#include <stdbool.h>
#include <string.h>
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define LANES 16
#include "table.h"
#pragma clang attribute pop

const expert_operations expert_operations_avx512 = TABLE;
#endif

#include "../include/operations.h"
#if defined(__x86_64__)
#include <math.h>
#include <stdbool.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#include "table.h"
#pragma clang attribute pop

const expert_operations expert_operations_avx2 = TABLE;
#endif

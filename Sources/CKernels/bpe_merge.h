#pragma once
#include "bpe_internal.h"

// A word of at most this many symbols is merged by looking at all its pairs each time.
enum { BPE_POSITION_BITS = 6, BPE_SHORT = 1 << BPE_POSITION_BITS };

// Merges `count` symbols in place; `ends` are the ends of their bytes. `word` is
// given where the symbols are exactly its bytes. Returns how many are left, or sets `kept`.
size_t bpe_merge_short(
    const expert_bpe *bpe, const uint8_t *word, int32_t *ids, uint32_t *ends, size_t count);
int bpe_merge_long(
    const expert_bpe *bpe, int32_t *ids, uint32_t *ends, size_t count, size_t *kept);

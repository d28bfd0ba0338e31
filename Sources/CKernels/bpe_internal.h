#pragma once
#include "bpe.h"

// A slot of the table of whole tokens: 32 hash bits against most false matches, and the id.
typedef struct {
  uint32_t check;
  int32_t id;
} bpe_token_slot;

struct expert_bpe {
  size_t ids;
  // Bytes of token i: text[start[i] ..< start[i] + length[i]]; length UINT32_MAX = no such token.
  uint8_t *text;
  size_t text_count, text_room;
  uint32_t *start;
  uint32_t *length;

  bpe_token_slot *tokens;
  size_t token_mask, token_count;

  // While the tables are made: every pair (left << 21 | right) with its rank.
  uint64_t *pairs;
  uint32_t *pair_ranks;
  size_t pair_count, pair_room;
  // merged[rank] is the new id.
  int32_t *merged;
  size_t rank_count, rank_room;

  // Open addressing: left << 43 | right << 22 | rank, all ones = empty.
  uint64_t *table;
  size_t table_mask;
  // Ranks of pairs of single bytes; UINT32_MAX = no merge.
  uint32_t *byte_pairs;

  int32_t byte_ids[256];
  // Some byte has no token, so a word's tokens need not cover it.
  int incomplete;
  expert_split split;
  int whole_words;
  int32_t unknown;
};

static const uint32_t bpe_no_rank = UINT32_MAX;

static inline uint64_t bpe_mix(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xff51afd7ed558ccdu);
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// A hash of any number of bytes.
uint64_t bpe_bytes_hash(const uint8_t *bytes, size_t count);

static inline uint64_t bpe_pair_hash(uint64_t pair) {
  uint64_t h = pair * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

// The rank of the merge of two tokens, or bpe_no_rank.
static inline uint32_t bpe_rank(const expert_bpe *bpe, uint32_t left, uint32_t right) {
  uint64_t pair = (uint64_t)left << 21 | right;
  size_t at = bpe_pair_hash(pair) & bpe->table_mask;
  for (;; at = (at + 1) & bpe->table_mask) {
    uint64_t slot = bpe->table[at];
    if (slot >> 22 == pair) {
      // All ones is the empty slot, and no pair of allowed ids has that many bits set.
      return slot == UINT64_MAX ? bpe_no_rank : (uint32_t)(slot & 0x3fffff);
    }
    if (slot == UINT64_MAX) return bpe_no_rank;
  }
}

#include "bpe_internal.h"

#include <stdlib.h>
#include <string.h>

uint64_t bpe_bytes_hash(const uint8_t *bytes, size_t count) {
  uint64_t h = count;
  while (count >= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    h = bpe_mix(h, word);
    bytes += 8, count -= 8;
  }
  uint64_t tail = 0;
  memcpy(&tail, bytes, count);
  return bpe_mix(h, tail);
}

expert_bpe *expert_bpe_new(size_t ids) {
  if (ids == 0 || ids > EXPERT_BPE_MAX_IDS - 1) return NULL;
  expert_bpe *bpe = calloc(1, sizeof *bpe);
  if (!bpe) return NULL;
  bpe->ids = ids;
  size_t slots = 512;
  while (slots < ids * 2) slots *= 2;
  bpe->token_mask = slots - 1;
  bpe->text_room = 1 << 16;
  bpe->start = malloc(ids * sizeof *bpe->start);
  bpe->length = malloc(ids * sizeof *bpe->length);
  bpe->tokens = malloc(slots * sizeof *bpe->tokens);
  bpe->text = malloc(bpe->text_room);
  if (!bpe->start || !bpe->length || !bpe->tokens || !bpe->text) {
    expert_bpe_free(bpe);
    return NULL;
  }
  memset(bpe->start, 0, ids * sizeof *bpe->start);
  memset(bpe->length, 0xff, ids * sizeof *bpe->length);
  memset(bpe->tokens, 0xff, slots * sizeof *bpe->tokens);
  return bpe;
}

void expert_bpe_free(expert_bpe *bpe) {
  if (!bpe) return;
  free(bpe->start);
  free(bpe->length);
  free(bpe->tokens);
  free(bpe->text);
  free(bpe->pairs);
  free(bpe->pair_ranks);
  free(bpe->merged);
  free(bpe->table);
  free(bpe->byte_pairs);
  free(bpe);
}

// The slot of these bytes, or the empty one where they would go.
static size_t token_slot(const expert_bpe *bpe, const uint8_t *bytes, size_t count, uint64_t h) {
  size_t at = h & bpe->token_mask;
  for (;; at = (at + 1) & bpe->token_mask) {
    bpe_token_slot slot = bpe->tokens[at];
    if (slot.id < 0) return at;
    if (slot.check == (uint32_t)(h >> 32) && bpe->length[slot.id] == count &&
        memcmp(bpe->text + bpe->start[slot.id], bytes, count) == 0)
      return at;
  }
}

int32_t expert_bpe_find(const expert_bpe *bpe, const uint8_t *bytes, size_t count) {
  return bpe->tokens[token_slot(bpe, bytes, count, bpe_bytes_hash(bytes, count))].id;
}

static int reserve_text(expert_bpe *bpe, size_t more) {
  size_t room = bpe->text_room;
  if (more > UINT32_MAX || bpe->text_count + more > UINT32_MAX) return -4;
  while (room < bpe->text_count + more) room *= 2;
  if (room == bpe->text_room) return 0;
  uint8_t *text = realloc(bpe->text, room);
  if (!text) return -4;
  bpe->text = text, bpe->text_room = room;
  return 0;
}

int expert_bpe_add(expert_bpe *bpe, int32_t id, const uint8_t *bytes, size_t count, int matches) {
  if (id < 0 || (size_t)id >= bpe->ids) return -1;
  if (bpe->length[id] != UINT32_MAX) return -2;
  size_t at = 0;
  uint64_t h = 0;
  if (matches) {
    h = bpe_bytes_hash(bytes, count);
    at = token_slot(bpe, bytes, count, h);
    if (bpe->tokens[at].id >= 0) return -3;
  }
  if (reserve_text(bpe, count)) return -4;
  if (count) memcpy(bpe->text + bpe->text_count, bytes, count);
  bpe->start[id] = (uint32_t)bpe->text_count;
  bpe->length[id] = (uint32_t)count;
  bpe->text_count += count;
  if (matches) {
    bpe->tokens[at] = (bpe_token_slot){.check = (uint32_t)(h >> 32), .id = id};
    bpe->token_count++;
  }
  return 0;
}

const uint8_t *expert_bpe_bytes(const expert_bpe *bpe, int32_t id, size_t *count) {
  *count = 0;
  if (id < 0 || (size_t)id >= bpe->ids || bpe->length[id] == UINT32_MAX) return NULL;
  *count = bpe->length[id];
  return bpe->text + bpe->start[id];
}

static int push_rank(expert_bpe *bpe, int32_t merged) {
  if (bpe->rank_count == EXPERT_BPE_MAX_MERGES - 1) return -1;
  if (bpe->rank_count == bpe->rank_room) {
    size_t room = bpe->rank_room ? bpe->rank_room * 2 : 1 << 16;
    int32_t *news = realloc(bpe->merged, room * sizeof *news);
    if (!news) return -4;
    bpe->merged = news, bpe->rank_room = room;
  }
  bpe->merged[bpe->rank_count++] = merged;
  return 0;
}

// A pair with the newest rank.
static int push_pair(expert_bpe *bpe, int32_t left, int32_t right) {
  if (bpe->pair_count == bpe->pair_room) {
    size_t room = bpe->pair_room ? bpe->pair_room * 2 : 1 << 16;
    uint64_t *pairs = realloc(bpe->pairs, room * sizeof *pairs);
    if (pairs) bpe->pairs = pairs;
    uint32_t *ranks = realloc(bpe->pair_ranks, room * sizeof *ranks);
    if (ranks) bpe->pair_ranks = ranks;
    if (!pairs || !ranks) return -4;
    bpe->pair_room = room;
  }
  bpe->pairs[bpe->pair_count] = (uint64_t)(uint32_t)left << 21 | (uint32_t)right;
  bpe->pair_ranks[bpe->pair_count++] = (uint32_t)(bpe->rank_count - 1);
  return 0;
}

int expert_bpe_merge(expert_bpe *bpe, int32_t left, int32_t right, int32_t merged) {
  int32_t ids[] = {left, right, merged};
  for (int i = 0; i < 3; i++)
    if (ids[i] < 0 || (size_t)ids[i] >= bpe->ids) return -1;
  int failed = push_rank(bpe, merged);
  return failed ? failed : push_pair(bpe, left, right);
}

// All cuts of one token share its rank: where two of them overlap, the left one is merged.
static int merge_cuts(expert_bpe *bpe, int32_t id) {
  const uint8_t *bytes = bpe->text + bpe->start[id];
  uint32_t count = bpe->length[id];
  int failed = push_rank(bpe, id);
  for (uint32_t cut = 1; cut < count && !failed; cut++) {
    int32_t left = expert_bpe_find(bpe, bytes, cut);
    if (left < 0) continue;
    int32_t right = expert_bpe_find(bpe, bytes + cut, count - cut);
    if (right >= 0) failed = push_pair(bpe, left, right);
  }
  return failed;
}

int expert_bpe_merge_ranks(expert_bpe *bpe) {
  for (size_t id = 0; id < bpe->ids; id++) {
    uint32_t count = bpe->length[id];
    if (count == UINT32_MAX || count < 2) continue;
    if (expert_bpe_find(bpe, bpe->text + bpe->start[id], count) != (int32_t)id) continue;
    int failed = merge_cuts(bpe, (int32_t)id);
    if (failed) return failed;
  }
  return 0;
}

// A pair that is listed twice keeps its last rank, as the reference's map does.
static void insert_pair(expert_bpe *bpe, uint64_t pair, uint32_t rank) {
  size_t at = bpe_pair_hash(pair) & bpe->table_mask;
  while (bpe->table[at] != UINT64_MAX && bpe->table[at] >> 22 != pair)
    at = (at + 1) & bpe->table_mask;
  bpe->table[at] = pair << 22 | rank;
}

int expert_bpe_seal(expert_bpe *bpe, expert_split split, int whole_words, int32_t unknown) {
  size_t slots = 512;
  while (slots < bpe->pair_count * 2) slots *= 2;
  bpe->table_mask = slots - 1;
  bpe->table = malloc(slots * sizeof *bpe->table);
  bpe->byte_pairs = malloc(65536 * sizeof *bpe->byte_pairs);
  if (!bpe->table || !bpe->byte_pairs) return -4;
  memset(bpe->table, 0xff, slots * sizeof *bpe->table);
  for (size_t i = 0; i < bpe->pair_count; i++)
    insert_pair(bpe, bpe->pairs[i], bpe->pair_ranks[i]);
  free(bpe->pairs);
  free(bpe->pair_ranks);
  bpe->pairs = NULL, bpe->pair_ranks = NULL;
  for (int i = 0; i < 256; i++) {
    uint8_t byte = (uint8_t)i;
    bpe->byte_ids[i] = expert_bpe_find(bpe, &byte, 1);
    bpe->incomplete |= bpe->byte_ids[i] < 0;
  }
  for (int i = 0; i < 65536; i++) {
    int32_t left = bpe->byte_ids[i >> 8], right = bpe->byte_ids[i & 255];
    bpe->byte_pairs[i] = left < 0 || right < 0
                             ? bpe_no_rank
                             : bpe_rank(bpe, (uint32_t)left, (uint32_t)right);
  }
  bpe->split = split, bpe->whole_words = whole_words, bpe->unknown = unknown;
  return 0;
}

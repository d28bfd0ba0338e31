#include "bpe_merge.h"

#include <stdlib.h>

// Merging one word's symbols, lowest rank first, of equal ranks the leftmost: for short words by
// looking at all pairs for the least, for long ones by a heap, so that the cost stays n log n.

enum { NONE = INT32_MAX };

// Rank and position in one signed number, so that the least is the next merge to do.
static inline int32_t rank_at(uint32_t rank, size_t position) {
  return rank == bpe_no_rank ? NONE : (int32_t)(rank << BPE_POSITION_BITS | (uint32_t)position);
}

static int32_t least(const int32_t *keys, size_t count) {
  int32_t best[8] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE};
  for (size_t i = 0; i < count; i += 8)
    for (int j = 0; j < 8; j++) best[j] = keys[i + j] < best[j] ? keys[i + j] : best[j];
  for (int j = 1; j < 8; j++) best[0] = best[j] < best[0] ? best[j] : best[0];
  return best[0];
}

// The pairs' first keys: of single bytes from the table made for them, where the symbols are the
// word's bytes.
static void first_keys(
    const expert_bpe *bpe, const uint8_t *word, const int32_t *ids, size_t count, int32_t *keys) {
  for (size_t i = 0; i + 1 < count; i++)
    keys[i] = rank_at(
        word ? bpe->byte_pairs[(size_t)word[i] << 8 | word[i + 1]]
             : bpe_rank(bpe, (uint32_t)ids[i], (uint32_t)ids[i + 1]),
        i);
}

size_t bpe_merge_short(
    const expert_bpe *bpe, const uint8_t *word, int32_t *ids, uint32_t *ends, size_t count) {
  int32_t keys[BPE_SHORT];
  uint8_t next[BPE_SHORT], before[BPE_SHORT];
  size_t padded = (count + 7) & ~(size_t)7;
  for (size_t i = 0; i < padded; i++) {
    keys[i] = NONE;
    next[i] = (uint8_t)(i + 1), before[i] = (uint8_t)(i - 1);
  }
  first_keys(bpe, word, ids, count, keys);
  for (;;) {
    int32_t key = least(keys, padded);
    if (key == NONE) break;
    size_t at = (size_t)key & (BPE_SHORT - 1), gone = next[at], after = next[gone];
    ids[at] = bpe->merged[(uint32_t)key >> BPE_POSITION_BITS];
    ends[at] = ends[gone];
    keys[gone] = NONE;
    next[at] = (uint8_t)after;
    keys[at] = NONE;
    if (after < count) {
      before[after] = (uint8_t)at;
      keys[at] = rank_at(bpe_rank(bpe, (uint32_t)ids[at], (uint32_t)ids[after]), at);
    }
    if (at > 0) {
      size_t left = before[at];
      keys[left] = rank_at(bpe_rank(bpe, (uint32_t)ids[left], (uint32_t)ids[at]), left);
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < count; i = next[i]) ids[kept] = ids[i], ends[kept++] = ends[i];
  return kept;
}

// A min-heap of rank << 32 | position. At most one entry a pair that ever
// existed: under 3 * count, as every merge makes two new pairs.
typedef struct {
  uint64_t *items;
  size_t count;
} heap;

static void heap_push(heap *h, uint64_t item) {
  size_t at = h->count++;
  while (at > 0 && h->items[(at - 1) / 2] > item) {
    h->items[at] = h->items[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  h->items[at] = item;
}

static uint64_t heap_pop(heap *h) {
  uint64_t top = h->items[0], last = h->items[--h->count];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= h->count) break;
    if (child + 1 < h->count && h->items[child + 1] < h->items[child]) child++;
    if (h->items[child] >= last) break;
    h->items[at] = h->items[child];
    at = child;
  }
  h->items[at] = last;
  return top;
}

typedef struct {
  uint32_t *next, *before, *rank;
  heap queue;
} long_word;

static int long_word_make(long_word *word, size_t count) {
  word->next = malloc(count * 4);
  word->before = malloc(count * 4);
  word->rank = malloc(count * 4);
  word->queue = (heap){.items = malloc(count * 3 * sizeof(uint64_t)), .count = 0};
  return word->next && word->before && word->rank && word->queue.items ? 0 : -4;
}

static void long_word_free(long_word *word) {
  free(word->next);
  free(word->before);
  free(word->rank);
  free(word->queue.items);
}

static void rank_pair(
    const expert_bpe *bpe, long_word *word, const int32_t *ids, size_t at, size_t right) {
  uint32_t rank = bpe_rank(bpe, (uint32_t)ids[at], (uint32_t)ids[right]);
  word->rank[at] = rank;
  if (rank != bpe_no_rank) heap_push(&word->queue, (uint64_t)rank << 32 | at);
}

static void merge_all(
    const expert_bpe *bpe, long_word *word, int32_t *ids, uint32_t *ends, size_t count) {
  while (word->queue.count) {
    uint64_t item = heap_pop(&word->queue);
    size_t at = item & UINT32_MAX;
    // An entry whose pair has changed since is stale.
    if (word->rank[at] != item >> 32) continue;
    size_t gone = word->next[at], after = word->next[gone];
    ids[at] = bpe->merged[item >> 32];
    ends[at] = ends[gone];
    word->rank[gone] = bpe_no_rank;
    word->rank[at] = bpe_no_rank;
    word->next[at] = (uint32_t)after;
    if (after < count) {
      word->before[after] = (uint32_t)at;
      rank_pair(bpe, word, ids, at, after);
    }
    if (at > 0) rank_pair(bpe, word, ids, word->before[at], at);
  }
}

int bpe_merge_long(
    const expert_bpe *bpe, int32_t *ids, uint32_t *ends, size_t count, size_t *kept) {
  long_word word;
  int failed = long_word_make(&word, count);
  if (!failed) {
    for (size_t i = 0; i < count; i++) {
      word.next[i] = (uint32_t)(i + 1), word.before[i] = (uint32_t)(i - 1);
      word.rank[i] = bpe_no_rank;
    }
    for (size_t i = 0; i + 1 < count; i++) rank_pair(bpe, &word, ids, i, i + 1);
    merge_all(bpe, &word, ids, ends, count);
    *kept = 0;
    for (size_t i = 0; i < count; i = word.next[i])
      ids[*kept] = ids[i], ends[(*kept)++] = ends[i];
  }
  long_word_free(&word);
  return failed;
}

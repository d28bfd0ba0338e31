#include <stdlib.h>
#include <string.h>

#include "bpe_merge.h"
#include "bpe_scan.h"

// Words of up to 15 bytes are looked up in a table of two-slot buckets, whose slot is half a cache
// line: the bytes with their number in the last, and up to three ids. Longer ones have a table of
// their own. What is in neither is merged, and remembered in place of something older.
typedef struct {
  uint64_t low, high;
  int32_t ids[3];
  uint32_t count;
} word_slot;

typedef struct {
  uint8_t length, count;
  uint8_t bytes[62];
  int32_t ids[16];
} long_slot;

enum {
  SHORT_WORD = 15,
  SLOT_IDS = 3,
  LONG_WORD = 62,
  LONG_IDS = 16,
  BUCKETS = 1 << 15,
  LONG_SLOTS = 1 << 12,
};

struct expert_bpe_scratch {
  const expert_bpe *bpe;
  word_slot *words;
  long_slot *longs;
  int32_t *ids;
  uint32_t *ends;
  size_t count, room;
  // Symbols of a word that is being merged.
  int32_t *symbols;
  uint32_t *symbol_ends;
  size_t symbol_room;
};

expert_bpe_scratch *expert_bpe_scratch_new(const expert_bpe *bpe) {
  expert_bpe_scratch *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->bpe = bpe;
  s->room = 1 << 10;
  s->symbol_room = 1 << 8;
  s->words = calloc(2 * BUCKETS, sizeof *s->words);
  s->longs = calloc(LONG_SLOTS, sizeof *s->longs);
  s->ids = malloc(s->room * sizeof *s->ids);
  s->ends = malloc(s->room * sizeof *s->ends);
  s->symbols = malloc(s->symbol_room * sizeof *s->symbols);
  s->symbol_ends = malloc(s->symbol_room * sizeof *s->symbol_ends);
  if (s->words && s->longs && s->ids && s->ends && s->symbols && s->symbol_ends) return s;
  expert_bpe_scratch_free(s);
  return NULL;
}

void expert_bpe_scratch_free(expert_bpe_scratch *s) {
  if (!s) return;
  free(s->words);
  free(s->longs);
  free(s->ids);
  free(s->ends);
  free(s->symbols);
  free(s->symbol_ends);
  free(s);
}

void expert_bpe_clear(expert_bpe_scratch *s) { s->count = 0; }

const int32_t *expert_bpe_ids(const expert_bpe_scratch *s, size_t *count) {
  *count = s->count;
  return s->ids;
}

const uint32_t *expert_bpe_ends(const expert_bpe_scratch *s) { return s->ends; }

static int grow_pair(int32_t **ids, uint32_t **ends, size_t *room, size_t need) {
  size_t wanted = *room;
  while (wanted < need) wanted *= 2;
  int32_t *new_ids = realloc(*ids, wanted * sizeof **ids);
  if (new_ids) *ids = new_ids;
  uint32_t *new_ends = realloc(*ends, wanted * sizeof **ends);
  if (new_ends) *ends = new_ends;
  if (!new_ids || !new_ends) return -4;
  *room = wanted;
  return 0;
}

// Room for `more` ids, and always for the slot's ids that are copied as a block.
INLINE int reserve(expert_bpe_scratch *s, size_t more) {
  if (__builtin_expect(s->count + more + SLOT_IDS <= s->room, 1)) return 0;
  return grow_pair(&s->ids, &s->ends, &s->room, s->count + more + SLOT_IDS);
}

int expert_bpe_append(expert_bpe_scratch *s, int32_t id, size_t end, int ends) {
  if (reserve(s, 1)) return -4;
  if (ends) s->ends[s->count] = (uint32_t)end;
  s->ids[s->count++] = id;
  return 0;
}

// The word's first symbols: its bytes' tokens, the unknown token or nothing for a byte without.
static size_t first_symbols(expert_bpe_scratch *s, const uint8_t *word, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    int32_t id = s->bpe->byte_ids[word[i]];
    if (id < 0) id = s->bpe->unknown;
    if (id < 0) continue;
    s->symbols[count] = id;
    s->symbol_ends[count++] = (uint32_t)(i + 1);
  }
  return count;
}

// Leaves the word's ids in `symbols` and their ends, counted from the word's start.
static int merge_word(
    expert_bpe_scratch *s, const uint8_t *word, size_t length, size_t *count) {
  if (s->bpe->whole_words) {
    int32_t id = expert_bpe_find(s->bpe, word, length);
    if (id >= 0) {
      s->symbols[0] = id;
      s->symbol_ends[0] = (uint32_t)length;
      *count = 1;
      return 0;
    }
  }
  if (length > s->symbol_room && grow_pair(&s->symbols, &s->symbol_ends, &s->symbol_room, length))
    return -4;
  *count = first_symbols(s, word, length);
  if (*count < 2) return 0;
  if (*count > BPE_SHORT)
    return bpe_merge_long(s->bpe, s->symbols, s->symbol_ends, *count, count);
  *count = bpe_merge_short(
      s->bpe, s->bpe->incomplete ? NULL : word, s->symbols, s->symbol_ends, *count);
  return 0;
}

static int append_merged(
    expert_bpe_scratch *s, const uint8_t *text, size_t at, size_t length, int ends,
    size_t *count) {
  if (merge_word(s, text + at, length, count) || reserve(s, *count)) return -4;
  memcpy(s->ids + s->count, s->symbols, *count * sizeof *s->ids);
  for (size_t i = 0; ends && i < *count; i++)
    s->ends[s->count + i] = (uint32_t)at + s->symbol_ends[i];
  s->count += *count;
  return 0;
}

// The ends of `count` ids just appended, which cover their bytes without a gap.
static void ends_of_lengths(expert_bpe_scratch *s, size_t at, size_t count) {
  uint32_t end = (uint32_t)at;
  for (size_t i = 0; i < count; i++) {
    end += s->bpe->length[s->ids[s->count + i]];
    s->ends[s->count + i] = end;
  }
}

static __attribute__((noinline)) int append_long(
    expert_bpe_scratch *s, const uint8_t *text, size_t at, size_t length, int ends) {
  size_t count;
  if (length > LONG_WORD || (ends && s->bpe->incomplete))
    return append_merged(s, text, at, length, ends, &count);
  uint64_t hash = bpe_bytes_hash(text + at, length);
  long_slot *slot = &s->longs[hash & (LONG_SLOTS - 1)];
  if (slot->length == length && memcmp(slot->bytes, text + at, length) == 0) {
    if (reserve(s, slot->count)) return -4;
    memcpy(s->ids + s->count, slot->ids, slot->count * sizeof *s->ids);
    if (ends) ends_of_lengths(s, at, slot->count);
    s->count += slot->count;
    return 0;
  }
  if (append_merged(s, text, at, length, ends, &count)) return -4;
  if (count > LONG_IDS) return 0;
  slot->length = (uint8_t)length, slot->count = (uint8_t)count;
  memcpy(slot->bytes, text + at, length);
  memcpy(slot->ids, s->symbols, count * sizeof *s->ids);
  return 0;
}

static __attribute__((noinline)) int append_new(
    expert_bpe_scratch *s, word_slot *bucket, uint64_t low, uint64_t high, const uint8_t *text,
    size_t at, size_t length, int ends) {
  size_t count;
  if (append_merged(s, text, at, length, ends, &count)) return -4;
  if (count > SLOT_IDS) return 0;
  bucket[1] = bucket[0];
  bucket[0] = (word_slot){.low = low, .high = high, .count = (uint32_t)count};
  memcpy(bucket[0].ids, s->symbols, count * sizeof *s->ids);
  return 0;
}

static const uint8_t key_masks[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                      255, 255, 255, 255, 255, 255, 255, 255};

// The word's bytes, zeros behind them and their number in the last byte.
INLINE void load_key(
    const uint8_t *text, size_t at, size_t length, size_t readable, uint64_t *low,
    uint64_t *high) {
  uint64_t words[2], masks[2];
  if (__builtin_expect(at + 16 <= readable, 1)) {
    memcpy(words, text + at, 16);
  } else {
    words[0] = words[1] = 0;
    memcpy(words, text + at, length);
  }
  memcpy(masks, key_masks + 16 - length, 16);
  *low = words[0] & masks[0];
  *high = (words[1] & masks[1]) ^ (uint64_t)length << 56;
}

INLINE int encode_piece(
    expert_split split, expert_bpe_scratch *s, const uint8_t *text, size_t count, size_t from,
    size_t to, int ends) {
  size_t at = from;
  int failed = 0;
  while (at < to && !failed) {
    size_t next = next_word(split, text, at, to), length = next - at;
    if (length > SHORT_WORD || (ends && s->bpe->incomplete)) {
      failed = append_long(s, text, at, length, ends);
    } else {
      uint64_t low, high;
      load_key(text, at, length, count, &low, &high);
      word_slot *bucket = &s->words[2 * (bpe_mix(low, high) & (BUCKETS - 1))];
      word_slot *hit = bucket[0].low == low && bucket[0].high == high ? bucket : bucket + 1;
      if (__builtin_expect(hit->low == low && hit->high == high, 1)) {
        if (reserve(s, SLOT_IDS)) return -4;
        memcpy(s->ids + s->count, hit->ids, sizeof hit->ids);
        if (ends) ends_of_lengths(s, at, hit->count);
        s->count += hit->count;
      } else {
        failed = append_new(s, bucket, low, high, text, at, length, ends);
      }
    }
    at = next;
  }
  return failed;
}

int expert_bpe_encode(
    expert_bpe_scratch *s, const uint8_t *text, size_t count, size_t from, size_t to, int ends) {
  if (count > INT32_MAX) return -4;
  switch (s->bpe->split) {
    case EXPERT_SPLIT_GPT2:
      return encode_piece(EXPERT_SPLIT_GPT2, s, text, count, from, to, ends);
    case EXPERT_SPLIT_GPT2_DIGITS:
      return encode_piece(EXPERT_SPLIT_GPT2_DIGITS, s, text, count, from, to, ends);
    case EXPERT_SPLIT_LLAMA3:
      return encode_piece(EXPERT_SPLIT_LLAMA3, s, text, count, from, to, ends);
    default: return encode_piece(EXPERT_SPLIT_QWEN2, s, text, count, from, to, ends);
  }
}

size_t expert_split_next(expert_split split, const uint8_t *text, size_t count, size_t at) {
  switch (split) {
    case EXPERT_SPLIT_GPT2: return next_word(EXPERT_SPLIT_GPT2, text, at, count);
    case EXPERT_SPLIT_GPT2_DIGITS: return next_word(EXPERT_SPLIT_GPT2_DIGITS, text, at, count);
    case EXPERT_SPLIT_LLAMA3: return next_word(EXPERT_SPLIT_LLAMA3, text, at, count);
    default: return next_word(EXPERT_SPLIT_QWEN2, text, at, count);
  }
}

uint8_t expert_unicode_classes(uint32_t point) { return unicode_flags(point); }

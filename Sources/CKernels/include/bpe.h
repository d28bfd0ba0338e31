#pragma once
#include <stddef.h>
#include <stdint.h>

/// The regular expression that cuts text into words before byte pairs are merged.
typedef enum {
  /// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  EXPERT_SPLIT_GPT2 = 0,
  /// The same in the pieces between digits, which stand alone (SmolLM2).
  EXPERT_SPLIT_GPT2_DIGITS = 1,
  /// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*
  /// |\s*[\r\n]+|\s+(?!\S)|\s+
  EXPERT_SPLIT_QWEN2 = 2,
  /// Qwen2's with \p{N}{1,3}.
  EXPERT_SPLIT_LLAMA3 = 3,
} expert_split;

/// The end of the word that starts at `at`, in text that ends at `count`. Any bytes are allowed;
/// what is no UTF-8 counts as unknown characters.
size_t expert_split_next(expert_split split, const uint8_t *text, size_t count, size_t at);

/// A vocabulary with its merges; never changed after `expert_bpe_seal`, then safe to share.
typedef struct expert_bpe expert_bpe;

/// The greatest number of token ids, and of merges, that the packed pair table can hold.
enum { EXPERT_BPE_MAX_IDS = 1 << 21, EXPERT_BPE_MAX_MERGES = 1 << 22 };

/// An empty vocabulary for ids below `ids`; NULL where memory is short or `ids` too many.
expert_bpe *expert_bpe_new(size_t ids);
void expert_bpe_free(expert_bpe *bpe);

/// Gives `id` its bytes. `matches` = the text can become this token (an added token of the same
/// bytes cannot). Returns 0; -1 where the id is out of range, -2 where it has bytes already, -3
/// where another token has these bytes, -4 where memory is short.
int expert_bpe_add(expert_bpe *bpe, int32_t id, const uint8_t *bytes, size_t count, int matches);

/// The token with exactly these bytes, or -1.
int32_t expert_bpe_find(const expert_bpe *bpe, const uint8_t *bytes, size_t count);

/// The bytes of a token; NULL for an id that has none.
const uint8_t *expert_bpe_bytes(const expert_bpe *bpe, int32_t id, size_t *count);

/// Appends the next merge, weaker than all before it. Returns 0, or a negative number as above
/// (-1 also for more than EXPERT_BPE_MAX_MERGES).
int expert_bpe_merge(expert_bpe *bpe, int32_t left, int32_t right, int32_t merged);

/// Merges of a rank file: every pair of tokens that together are a token, in the order of ids.
int expert_bpe_merge_ranks(expert_bpe *bpe);

/// Ends the making. `whole_words` = a word that is a token stays whole without merging
/// (ignore_merges; also what rank files mean). `unknown` = the id for a byte that has no token, or
/// -1 to leave it out. Returns 0 or -4.
int expert_bpe_seal(expert_bpe *bpe, expert_split split, int whole_words, int32_t unknown);

/// Working memory of one thread for one vocabulary: the words met so far with their ids, and the
/// ids written.
typedef struct expert_bpe_scratch expert_bpe_scratch;

/// NULL where memory is short. The vocabulary must outlive it.
expert_bpe_scratch *expert_bpe_scratch_new(const expert_bpe *bpe);
void expert_bpe_scratch_free(expert_bpe_scratch *scratch);

/// Forgets the ids written, not the words.
void expert_bpe_clear(expert_bpe_scratch *scratch);

/// Appends the ids of `text[from..<to]`, a piece that is split on its own; with `ends`, also the
/// end of each token's bytes, counted from `text`. `count` bytes of `text` may be read. Returns 0,
/// or -4 where memory is short.
int expert_bpe_encode(
    expert_bpe_scratch *scratch, const uint8_t *text, size_t count, size_t from, size_t to,
    int ends);

/// Appends one id whose bytes end at `end`; returns as above.
int expert_bpe_append(expert_bpe_scratch *scratch, int32_t id, size_t end, int ends);

/// The ids written since the last clearing, and their ends where asked for.
const int32_t *expert_bpe_ids(const expert_bpe_scratch *scratch, size_t *count);
const uint32_t *expert_bpe_ends(const expert_bpe_scratch *scratch);

/// Where the first character is, from `from` on, that NFC might change; `count` if none.
size_t expert_nfc_first_unstable(const uint8_t *text, size_t count, size_t from);

/// One stretch that NFC changed: bytes of the original and of the result.
typedef struct {
  uint32_t from, to, out_from, out_to;
} expert_nfc_edit;

/// NFC of well-formed UTF-8. Allocates the result, which the caller frees with
/// `expert_nfc_free`, and the list of changed stretches. Returns 0 or -4.
int expert_nfc(
    const uint8_t *text, size_t count, uint8_t **out, size_t *out_count, expert_nfc_edit **edits,
    size_t *edit_count);
void expert_nfc_free(void *memory);

/// The bits of a code point's classes: letter 1, number 2, white space 4, isolated digit 8,
/// unstable under NFC 16, word character 32.
uint8_t expert_unicode_classes(uint32_t point);

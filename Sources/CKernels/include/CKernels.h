#pragma once
#include <stddef.h>
#include <stdint.h>

#include "bpe.h"
#include "json_scan.h"
#include "operations.h"
#include "sha256.h"

/// The instruction sets a kernel may use, best last. Chosen once from the processor, or forced
/// by the environment variable EXPERT_ISA (scalar, avx2, avx512, avx512bf16).
typedef enum {
  EXPERT_ISA_SCALAR = 0,
  EXPERT_ISA_AVX2 = 1,
  EXPERT_ISA_AVX512 = 2,
  EXPERT_ISA_AVX512_BF16 = 3,
} expert_isa;

/// The best instruction set that this processor has and EXPERT_ISA allows.
expert_isa expert_isa_current(void);

/// The name of an instruction set as EXPERT_ISA spells it; never NULL.
const char *expert_isa_name(expert_isa isa);

/// How many hash functions a MinHash signature holds.
enum { EXPERT_MINHASH_COUNT = 128 };

/// Tells the processor that the line at `address` will be read soon; any address is allowed.
static inline void expert_prefetch(const void *address) { __builtin_prefetch(address); }

/// Tells the processor that a loop waits for another thread.
static inline void expert_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// The 64-bit hash of one token's UTF-8 bytes. Tokens of up to eight bytes never collide with
/// others of their length.
uint64_t expert_token_hash(const uint8_t *bytes, size_t count);

/// Hashes the tokens of ASCII text into `tokens` (room for `count`): a run of letters and digits is
/// one token, white space separates, every other byte is a token. Returns their number, or -1 where
/// a byte is not ASCII.
ptrdiff_t expert_ascii_tokens(expert_isa isa, const uint8_t *text, size_t count, uint64_t *tokens);

/// Hashes every three neighbouring tokens into one shingle, never 0. Fewer than three tokens make
/// one shingle. `shingles` has room for `count` and at least one; it may be `tokens` itself.
/// Returns how many.
size_t expert_shingles(const uint64_t *tokens, size_t count, uint64_t *shingles);

/// Removes repeated values in place, first occurrences keep their order. None may be 0.
///
/// `table` has `mask + 1` entries (a power of two above `count`) and afterwards holds the set, for
/// `expert_intersection`. Returns how many values are left.
size_t expert_unique(uint64_t *values, size_t count, uint64_t *table, size_t mask);

/// How many of `values`, which differ from each other and from 0, are in the set `table`.
size_t expert_intersection(
    const uint64_t *table, size_t mask, const uint64_t *values, size_t count);

/// The MinHash signature of a set: for each of 128 hash functions, its least value over the set.
/// An empty set gives all ones. Every instruction set gives the same bits.
void expert_minhash(
    expert_isa isa, const uint64_t *shingles, size_t count, uint32_t *signature);

/// One 32-bit key for each band of `rows` neighbouring signature values; bands × rows ≤ 128.
void expert_band_keys(const uint32_t *signature, size_t bands, size_t rows, uint32_t *keys);

/// A 64-bit checksum: a change within any eight aligned bytes always changes it.
uint64_t expert_checksum(uint64_t start, const void *bytes, size_t count);

#include "gemm.h"
#include "gemv.h"
#include "peaks.h"
#include "quant.h"
#include "weights.h"

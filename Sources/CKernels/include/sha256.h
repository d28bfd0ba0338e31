#pragma once
#include <stddef.h>
#include <stdint.h>

/// A SHA-256 (FIPS 180-4) under way: the chaining words, the bytes that fill no block yet, and how
/// many bytes there were.
typedef struct {
  uint32_t words[8];
  uint8_t rest[64];
  size_t fill;
  uint64_t total;
} expert_sha256_state;

/// Starts a hash by the processor's own instructions and returns 1, or returns 0 where it has none
/// (or EXPERT_ISA says scalar): then a library must do it.
int expert_sha256_begin(expert_sha256_state *hash);

/// Appends bytes to a hash that was begun.
void expert_sha256_update(expert_sha256_state *hash, const uint8_t *bytes, size_t count);

/// Writes the 32 bytes of the digest; the state must not be used afterwards.
void expert_sha256_end(expert_sha256_state *hash, uint8_t out[32]);

/// The hash of `head` followed by `body` in one call; 0 as in `expert_sha256_begin`.
int expert_sha256(const uint8_t *head, size_t head_count, const uint8_t *body, size_t body_count,
                  uint8_t out[32]);

#pragma once
#include <stddef.h>
#include <stdint.h>

/// SHA-256 (FIPS 180-4) of `head` followed by `body`, by the processor's own instructions.
/// Writes 32 bytes and returns 1, or returns 0 where the processor has none (or EXPERT_ISA says
/// scalar): then a library must do it.
int expert_sha256(const uint8_t *head, size_t head_count, const uint8_t *body, size_t body_count,
                  uint8_t out[32]);

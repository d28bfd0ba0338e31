#pragma once
#include <stddef.h>
#include <stdint.h>

/// The number of bytes at the start of `bytes` that stand for themselves in a JSON string:
/// everything but `"`, `\` and control characters below 0x20. Reads no byte beyond `count`.
size_t expert_json_plain(const uint8_t *bytes, size_t count);

/// The number of bytes at the start of `bytes` that a CSV cell without quotes may hold:
/// everything but `"`, `separator`, line feed and carriage return.
size_t expert_csv_plain(const uint8_t *bytes, size_t count, uint8_t separator);

/// The length of the longest prefix that is UTF-8 by RFC 3629: no overlong forms, no surrogates,
/// nothing above U+10FFFF, no character cut short.
size_t expert_utf8_valid(const uint8_t *bytes, size_t count);

/// The place of the first byte of this value, or `count` where there is none.
size_t expert_find_byte(const uint8_t *bytes, size_t count, uint8_t value);

#include "transpose_512.h"

// Packing of the left operand of products of eight bits: each row is rotated and rounded by itself,
// then the words of a block's rows are laid side by side.

/// Rotates and rounds a row: its codes, `words` whole, with zeros behind the last.
static expert_rounded_row round_row(const expert_operations *operations, const float *x,
                                    size_t depth, size_t words, float *room, int8_t *codes) {
  size_t width = expert_rotation(depth);
  int32_t sum;
  operations->hadamard(x, room, depth, width);
  float scale = operations->to_bytes(room, codes, depth, &sum);
  for (size_t k = depth; k < words * 4; k++) codes[k] = 0;
  expert_rounded_row row = {scale / (float)width, -128 * sum};
  return row;
}

#if defined(__x86_64__)

EXPERT_T_AVX512 static void interleave_512(const int8_t *codes, size_t rows, size_t words,
                                           uint32_t *out) {
  for (size_t word = 0; word < words; word += 16) {
    __m512i r[16];
    EXPERT_UNROLL
    for (size_t i = 0; i < 16; i++)
      r[i] = _mm512_loadu_si512(codes + ((i < rows ? i : 0) * words + word) * 4);
    expert_transpose_16(r);
    expert_put_16(out, rows, word + 16 >= words, r);
    out += 16 * rows;
  }
}

#endif

static void interleave_plain(const int8_t *codes, size_t rows, size_t words, int8_t *out) {
  for (size_t word = 0; word < words; word++)
    for (size_t i = 0; i < rows; i++)
      for (size_t h = 0; h < 4; h++) *out++ = codes[(i * words + word) * 4 + h];
}

void expert_pack_bytes(expert_isa isa, const float *x, size_t rows, size_t depth, size_t row_stride,
                       size_t from, size_t to, void *left, void *scratch) {
  const expert_operations *operations = expert_operations_of((int)isa);
  size_t blocks = expert_row_blocks(isa, rows), words = expert_words(depth);
  expert_rounded_row *rounded = left;
  char *packed = (char *)left + expert_left_codes(rows);
  float *room = scratch;
  int8_t *codes = (int8_t *)(room + words * 4);
  for (size_t block = from; block < to; block++) {
    size_t row = block * rows / blocks, count = (block + 1) * rows / blocks - row;
    for (size_t i = 0; i < count; i++)
      rounded[row + i] = round_row(operations, x + (row + i) * row_stride, depth, words, room,
                                   codes + i * words * 4);
    char *out = packed + row * words * 4;
#if defined(__x86_64__)
    if (isa >= EXPERT_ISA_AVX512) {
      interleave_512(codes, count, words, (uint32_t *)out);
      continue;
    }
#endif
    interleave_plain(codes, count, words, (int8_t *)out);
  }
}

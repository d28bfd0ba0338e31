#include <stdlib.h>
#include <string.h>

#include "bpe.h"
#include "unicode_tables.h"

// Canonical composition (Unicode Standard Annex 15). Text is left as it is except in stretches
// around characters that are not certainly stable: from the stable starter in front of one up to
// the next stable starter, which takes part in nothing before it.

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
  HANGUL = 0xac00, HANGUL_L = 0x1100, HANGUL_V = 0x1161, HANGUL_T = 0x11a7,
  COUNT_L = 19, COUNT_V = 21, COUNT_T = 28, HANGUL_COUNT = COUNT_L * COUNT_V * COUNT_T,
};

size_t expert_nfc_first_unstable(const uint8_t *text, size_t count, size_t from) {
  size_t at = from;
  while (at < count) {
#if defined(__SSE2__)
    while (at + 16 <= count &&
           _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(text + at))) == 0)
      at += 16;
    if (at >= count) break;
#endif
    // U+0300, the first that is not stable, starts with CC.
    if (text[at] < 0xcc) {
      at++;
      continue;
    }
    size_t length;
    if (unicode_flags(utf8_decode(text, at, count, &length)) & UNICODE_UNSTABLE) return at;
    at += length;
  }
  return count;
}

// The index of the triple that starts with `key`, or -1. `width` 1 or 2 leading numbers count.
static ptrdiff_t find(const uint32_t *triples, size_t count, uint64_t key, int width) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const uint32_t *t = triples + 3 * middle;
    uint64_t value = width == 1 ? t[0] : (uint64_t)t[0] << 32 | t[1];
    if (value == key) return (ptrdiff_t)middle;
    if (value < key) low = middle + 1;
    else high = middle;
  }
  return -1;
}

static uint32_t combining_class(uint32_t point) {
  if (!(unicode_flags(point) & UNICODE_UNSTABLE)) return 0;
  size_t low = 0, high = expert_combining_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const uint32_t *range = expert_combining_ranges + 3 * middle;
    if (point < range[0]) high = middle;
    else if (point > range[1]) low = middle + 1;
    else return range[2];
  }
  return 0;
}

static uint32_t compose(uint32_t a, uint32_t b) {
  if (a - HANGUL_L < COUNT_L && b - HANGUL_V < COUNT_V)
    return HANGUL + ((a - HANGUL_L) * COUNT_V + (b - HANGUL_V)) * COUNT_T;
  if (a - HANGUL < HANGUL_COUNT && (a - HANGUL) % COUNT_T == 0 && b - HANGUL_T - 1 < COUNT_T - 1)
    return a + (b - HANGUL_T);
  ptrdiff_t found = find(expert_compositions, expert_composition_count, (uint64_t)a << 32 | b, 2);
  return found < 0 ? 0 : expert_compositions[3 * found + 2];
}

// Code points of one stretch, with their classes.
typedef struct {
  uint32_t *points, *classes;
  size_t count, room;
} stretch;

static int push(stretch *s, uint32_t point) {
  if (s->count == s->room) {
    size_t room = s->room ? s->room * 2 : 256;
    uint32_t *points = realloc(s->points, room * 4);
    if (points) s->points = points;
    uint32_t *classes = realloc(s->classes, room * 4);
    if (classes) s->classes = classes;
    if (!points || !classes) return -4;
    s->room = room;
  }
  s->points[s->count] = point;
  s->classes[s->count++] = combining_class(point);
  return 0;
}

static int push_decomposed(stretch *s, uint32_t point) {
  if (point - HANGUL < HANGUL_COUNT) {
    uint32_t i = point - HANGUL, t = i % COUNT_T;
    if (push(s, HANGUL_L + i / (COUNT_V * COUNT_T)) ||
        push(s, HANGUL_V + i / COUNT_T % COUNT_V))
      return -4;
    return t ? push(s, HANGUL_T + t) : 0;
  }
  ptrdiff_t found = find(expert_decompositions, expert_decomposition_count, point, 1);
  if (found < 0) return push(s, point);
  const uint32_t *entry = expert_decompositions + 3 * found;
  for (uint32_t i = 0; i < entry[2]; i++)
    if (push(s, expert_decomposition_texts[entry[1] + i])) return -4;
  return 0;
}

// Stable counting sort of a run of marks by class, so that a million marks in a row cost no square.
static int sort_marks(uint32_t *points, uint32_t *classes, size_t count) {
  int sorted = 1;
  for (size_t i = 1; i < count && sorted; i++) sorted = classes[i - 1] <= classes[i];
  if (sorted) return 0;
  size_t starts[257] = {0};
  uint32_t *copy = malloc(count * 8);
  if (!copy) return -4;
  memcpy(copy, points, count * 4);
  memcpy(copy + count, classes, count * 4);
  for (size_t i = 0; i < count; i++) starts[(classes[i] & 255) + 1]++;
  for (int i = 1; i < 257; i++) starts[i] += starts[i - 1];
  for (size_t i = 0; i < count; i++) {
    size_t to = starts[copy[count + i] & 255]++;
    points[to] = copy[i], classes[to] = copy[count + i];
  }
  free(copy);
  return 0;
}

static int order(stretch *s) {
  for (size_t i = 0; i < s->count;) {
    if (s->classes[i] == 0) {
      i++;
      continue;
    }
    size_t end = i;
    while (end < s->count && s->classes[end] != 0) end++;
    if (sort_marks(s->points + i, s->classes + i, end - i)) return -4;
    i = end;
  }
  return 0;
}

static void recompose(stretch *s) {
  size_t kept = 0, starter = SIZE_MAX;
  for (size_t i = 0; i < s->count; i++) {
    uint32_t point = s->points[i], class = s->classes[i];
    // Blocked by what stands between it and the starter: a starter, or a mark not below it.
    int near = starter != SIZE_MAX && kept == starter + 1;
    int open = starter != SIZE_MAX && (near || (s->classes[kept - 1] != 0 &&
                                                s->classes[kept - 1] < class));
    uint32_t composed = open ? compose(s->points[starter], point) : 0;
    if (composed) {
      s->points[starter] = composed;
      continue;
    }
    if (class == 0) starter = kept;
    s->points[kept] = point, s->classes[kept++] = class;
  }
  s->count = kept;
}

static size_t write_utf8(uint32_t c, uint8_t *out) {
  if (c < 0x80) return out[0] = (uint8_t)c, 1;
  if (c < 0x800) {
    out[0] = (uint8_t)(0xc0 | c >> 6), out[1] = (uint8_t)(0x80 | (c & 0x3f));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (uint8_t)(0xe0 | c >> 12), out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c & 0x3f));
    return 3;
  }
  out[0] = (uint8_t)(0xf0 | c >> 18), out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
  out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f)), out[3] = (uint8_t)(0x80 | (c & 0x3f));
  return 4;
}

typedef struct {
  uint8_t *bytes;
  size_t count, room;
  expert_nfc_edit *edits;
  size_t edit_count, edit_room;
} writer;

static int room_for(writer *w, size_t more) {
  size_t room = w->room ? w->room : 256;
  while (room < w->count + more) room *= 2;
  if (room == w->room) return 0;
  uint8_t *bytes = realloc(w->bytes, room);
  if (!bytes) return -4;
  w->bytes = bytes, w->room = room;
  return 0;
}

static int copy_bytes(writer *w, const uint8_t *from, size_t count) {
  if (room_for(w, count)) return -4;
  if (count) memcpy(w->bytes + w->count, from, count);
  w->count += count;
  return 0;
}

static int write_edit(writer *w, const stretch *s, size_t from, size_t to) {
  if (w->edit_count == w->edit_room) {
    size_t room = w->edit_room ? w->edit_room * 2 : 16;
    expert_nfc_edit *edits = realloc(w->edits, room * sizeof *edits);
    if (!edits) return -4;
    w->edits = edits, w->edit_room = room;
  }
  if (room_for(w, s->count * 4)) return -4;
  expert_nfc_edit edit = {(uint32_t)from, (uint32_t)to, (uint32_t)w->count, 0};
  for (size_t i = 0; i < s->count; i++)
    w->count += write_utf8(s->points[i], w->bytes + w->count);
  edit.out_to = (uint32_t)w->count;
  w->edits[w->edit_count++] = edit;
  return 0;
}

// The start of the character in front of `at`, not before `floor`.
static size_t one_back(const uint8_t *text, size_t at, size_t floor) {
  size_t start = at;
  if (start > floor) start--;
  while (start > floor && (text[start] & 0xc0) == 0x80) start--;
  return start;
}

// Normalises from the stable starter in front of `at` on; returns where the stretch ends.
static int normalize_stretch(
    writer *w, stretch *s, const uint8_t *text, size_t count, size_t start, size_t at,
    size_t *end) {
  size_t length;
  s->count = 0;
  for (size_t i = start; i < count; i += length) {
    uint32_t point = utf8_decode(text, i, count, &length);
    if (i > at && !(unicode_flags(point) & UNICODE_UNSTABLE)) {
      *end = i;
      goto whole;
    }
    if (push_decomposed(s, point)) return -4;
  }
  *end = count;
whole:
  if (order(s)) return -4;
  recompose(s);
  return write_edit(w, s, start, *end);
}

int expert_nfc(
    const uint8_t *text, size_t count, uint8_t **out, size_t *out_count, expert_nfc_edit **edits,
    size_t *edit_count) {
  writer w = {0};
  stretch s = {0};
  size_t done = 0;
  int failed = count > INT32_MAX ? -4 : room_for(&w, count);
  while (!failed) {
    size_t at = expert_nfc_first_unstable(text, count, done);
    size_t start = at < count ? one_back(text, at, done) : count;
    failed = copy_bytes(&w, text + done, start - done);
    done = start;
    if (failed || at == count) break;
    failed = normalize_stretch(&w, &s, text, count, start, at, &done);
  }
  free(s.points);
  free(s.classes);
  if (failed) {
    free(w.bytes);
    free(w.edits);
    return failed;
  }
  *out = w.bytes, *out_count = w.count, *edits = w.edits, *edit_count = w.edit_count;
  return 0;
}

void expert_nfc_free(void *memory) { free(memory); }

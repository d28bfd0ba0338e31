// Attention of up to TILE queries to runs of keys, a tile of keys at a time.
//
// Lanes are queries: the scores are held as Sᵀ [keys, queries], so that keys and values are read
// in place as broadcast factors, the softmax runs down the rows without any horizontal sum, and
// only the queries and the result are transposed, once for all keys. (The scheme of
// FlashAttention, Dao et al. 2022: running maximum and sum, rescaling of what is summed so far.)
//
// One lane is one query head of one token; the heads that share a key head stand side by side:
// lane = token · group + head.
#pragma once
#include "narrow.h"
#include "product.h"

enum { TILE = EXPERT_ATTENTION_LANES, KEYS = 64, MOST = EXPERT_ATTENTION_HEAD_MAX };

/// The lane's row in [tokens, heads, D] memory.
INLINE size_t lane_offset(size_t lane, size_t group, size_t stride, size_t width) {
  return lane / group * stride + lane % group * width;
}

/// Reads lanes as columns: to[d][TILE]; absent lanes are zero.
static void gather_columns(
    const float *x, size_t stride, size_t group, size_t width, size_t first, size_t lanes,
    float scale, float *to) {
  for (size_t l = 0; l < TILE; l += LANES)
    for (size_t d = 0; d < width; d += LANES) {
      V block[LANES];
      for (size_t i = 0; i < LANES; i++)
        block[i] = l + i < lanes
            ? load_until(x + lane_offset(first + l + i, group, stride, width), d, width) * scale
            : (V){0};
      transpose_lanes(block);
      for (size_t i = 0; i < LANES && d + i < width; i++) store(to + (d + i) * TILE + l, block[i]);
    }
}

/// Writes columns from[d][TILE], times factor[lane], back as lanes.
static void scatter_columns(
    const float *from, const float *factor, float *x, size_t stride, size_t group, size_t width,
    size_t first, size_t lanes, bool accumulate) {
  for (size_t l = 0; l < lanes; l += LANES)
    for (size_t d = 0; d < width; d += LANES) {
      V block[LANES];
      for (size_t i = 0; i < LANES; i++)
        block[i] = d + i < width ? load(from + (d + i) * TILE + l) * load(factor + l) : (V){0};
      transpose_lanes(block);
      for (size_t i = 0; i < LANES && l + i < lanes; i++) {
        float *row = x + lane_offset(first + l + i, group, stride, width);
        store_until(row, d, width, accumulate ? load_until(row, d, width) + block[i] : block[i]);
      }
    }
}

/// How many keys of the run the lane sees.
INLINE size_t visible(const expert_key_run *run, size_t token) {
  const size_t most = token + run->visible_to_first;
  return most < run->count ? most : run->count;
}

/// Scores of keys that a lane does not see become -inf. Absent lanes see what the last one sees.
INLINE void mask_scores(
    float *scores, size_t key, size_t keys, const expert_key_run *run, size_t first, size_t lanes,
    size_t group) {
  if (key + keys <= visible(run, first / group)) return;
  int32_t limits[TILE];
  for (size_t lane = 0; lane < TILE; lane++) {
    const size_t present = lane < lanes ? lane : lanes - 1;
    limits[lane] = (int32_t)visible(run, (first + present) / group) - (int32_t)key;
  }
  for (size_t j = 0; j < keys; j++)
    for (size_t l = 0; l < TILE; l += LANES) {
      I limit;
      memcpy(&limit, limits + l, sizeof limit);
      const V s = load(scores + j * TILE + l);
      store(scores + j * TILE + l, limit > (int32_t)j ? s : all(-INFINITY));
    }
}

/// Turns scores into e^(s - maximum), keeps the running maximum and sum, and rescales `sums` [D].
INLINE void soften(
    float *scores, size_t keys, float *maximum, float *total, float *sums, size_t width) {
  for (size_t l = 0; l < TILE; l += LANES) {
    const V before = load(maximum + l);
    V top = before;
    for (size_t j = 0; j < keys; j++) top = larger(load(scores + j * TILE + l), top);
    V sum = {0};
    for (size_t j = 0; j < keys; j++) {
      const V e = exp_lanes(load(scores + j * TILE + l) - top);
      store(scores + j * TILE + l, e);
      sum += e;
    }
    const V shrink = exp_lanes(before - top);
    store(maximum + l, top);
    store(total + l, load(total + l) * shrink + sum);
    if (max_lanes((V)((U)(shrink != 1.0f) & 0x3f800000)) == 0.0f) continue;
    for (size_t d = 0; d < width; d++)
      store(sums + d * TILE + l, load(sums + d * TILE + l) * shrink);
  }
}

/// Scratch for the factors of one tile as bf16 pairs.
typedef struct {
  uint32_t left[KEYS * MOST / 2] __attribute__((aligned(64)));
  uint32_t right[KEYS * TILE / 2] __attribute__((aligned(64)));
} narrow_scratch;

/// Sᵀ [keys, TILE] = x [keys, width] · columns [width, TILE].
INLINE void multiply_keys(
    bool narrow, size_t keys, size_t width, const float *x, size_t stride, const float *columns,
    const uint32_t *column_pairs, narrow_scratch *room, float *scores) {
  if (!narrow) {
    product(keys, TILE, width, x, stride, 1, columns, TILE, scores, TILE, false);
    return;
  }
  pair_columns(x, stride, keys, width, room->left);
  narrow_product(
      keys, TILE, width / 2, room->left, width / 2, 1, column_pairs, TILE, scores, TILE, false);
}

/// sums [width, TILE] += xᵀ [width, keys] · weights [keys, TILE].
INLINE void add_weighted(
    bool narrow, size_t keys, size_t width, const float *x, size_t stride, const float *weights,
    narrow_scratch *room, float *sums) {
  if (!narrow) {
    product(width, TILE, keys, x, 1, stride, weights, TILE, sums, TILE, true);
    return;
  }
  pair_rows(x, stride, keys, width, room->left);
  pair_rows(weights, TILE, keys, TILE, room->right);
  narrow_product(
      width, TILE, (keys + 1) / 2, room->left, 1, width, room->right, TILE, sums, TILE, true);
}

/// out [keys, width] += weights [keys, lanes] · rows [lanes, width].
INLINE void add_rows(
    bool narrow, size_t keys, size_t width, size_t lanes, const float *weights, const float *rows,
    const uint32_t *row_pairs, narrow_scratch *room, float *out, size_t stride) {
  if (!narrow) {
    product(keys, width, lanes, weights, TILE, 1, rows, width, out, stride, true);
    return;
  }
  pair_columns(weights, TILE, keys, TILE, room->right);
  narrow_product(
      keys, width, (lanes + 1) / 2, room->right, TILE / 2, 1, row_pairs, width, out, stride, true);
}

INLINE void forward_tile(
    bool narrow, const expert_attention *a, size_t first, size_t lanes, const float *q, const expert_key_run *runs,
    size_t run_count, float *out, float *lse) {
  float queries[MOST * TILE] __attribute__((aligned(64)));
  float sums[MOST * TILE] __attribute__((aligned(64)));
  float scores[KEYS * TILE] __attribute__((aligned(64)));
  uint32_t query_pairs[MOST / 2 * TILE] __attribute__((aligned(64)));
  narrow_scratch room;
  float maximum[TILE], total[TILE];
  const size_t width = a->width, last = (first + lanes - 1) / a->group;
  gather_columns(q, a->q_stride, a->group, width, first, lanes, a->scale, queries);
  if (narrow) pair_rows(queries, TILE, width, TILE, query_pairs);
  memset(sums, 0, width * TILE * sizeof(float));
  for (size_t l = 0; l < TILE; l++) maximum[l] = -INFINITY, total[l] = 0;
  for (const expert_key_run *run = runs; run < runs + run_count; run++) {
    const size_t end = visible(run, last);
    for (size_t key = 0; key < end; key += KEYS) {
      const size_t keys = end - key < KEYS ? end - key : KEYS;
      multiply_keys(
          narrow, keys, width, run->keys + key * run->key_stride, run->key_stride, queries,
          query_pairs, &room, scores);
      mask_scores(scores, key, keys, run, first, lanes, a->group);
      soften(scores, keys, maximum, total, sums, width);
      add_weighted(
          narrow, keys, width, run->values + key * run->value_stride, run->value_stride, scores,
          &room, sums);
    }
  }
  for (size_t lane = 0; lane < lanes && lse; lane++)
    lse[lane_offset(first + lane, a->group, a->lse_stride, 1)] = maximum[lane] + logf(total[lane]);
  for (size_t lane = 0; lane < TILE; lane++) total[lane] = 1.0f / total[lane];
  scatter_columns(sums, total, out, a->out_stride, a->group, width, first, lanes, false);
}

/// Reads lanes as rows: to[TILE][width]; absent lanes are zero.
static void gather_rows(
    const float *x, size_t stride, size_t group, size_t width, size_t first, size_t lanes,
    float *to) {
  for (size_t lane = 0; lane < lanes; lane++)
    memcpy(
        to + lane * width, x + lane_offset(first + lane, group, stride, width),
        width * sizeof(float));
  memset(to + lanes * width, 0, (TILE - lanes) * width * sizeof(float));
}

/// δ = Σ_d dO·O of each lane, and its logsumexp; absent lanes get no weight.
INLINE void gather_scalars(
    const expert_attention *a, size_t first, size_t lanes, const float *out, const float *dout,
    const float *lse, float *delta, float *total) {
  for (size_t lane = 0; lane < TILE; lane++) delta[lane] = 0, total[lane] = INFINITY;
  for (size_t lane = 0; lane < lanes; lane++) {
    const size_t at = lane_offset(first + lane, a->group, a->out_stride, a->width);
    delta[lane] = dot(out + at, dout + at, a->width);
    total[lane] = lse[lane_offset(first + lane, a->group, a->lse_stride, 1)];
  }
}

INLINE void backward_tile(
    bool narrow, const expert_attention *a, size_t first, size_t lanes, const float *q, const expert_key_run *runs,
    size_t run_count, const float *out, const float *dout, const float *lse, float *dq,
    const expert_key_gradient *gradients) {
  float queries[MOST * TILE] __attribute__((aligned(64)));
  float query_rows[MOST * TILE] __attribute__((aligned(64)));
  float slopes[MOST * TILE] __attribute__((aligned(64)));
  float slope_rows[MOST * TILE] __attribute__((aligned(64)));
  float sums[MOST * TILE] __attribute__((aligned(64)));
  float scores[KEYS * TILE] __attribute__((aligned(64)));
  float changes[KEYS * TILE] __attribute__((aligned(64)));
  uint32_t query_pairs[MOST / 2 * TILE] __attribute__((aligned(64)));
  uint32_t slope_pairs[MOST / 2 * TILE] __attribute__((aligned(64)));
  uint32_t query_row_pairs[MOST / 2 * TILE] __attribute__((aligned(64)));
  uint32_t slope_row_pairs[MOST / 2 * TILE] __attribute__((aligned(64)));
  narrow_scratch room;
  float delta[TILE], total[TILE], ones[TILE];
  const size_t width = a->width, group = a->group, last = (first + lanes - 1) / group;
  gather_columns(q, a->q_stride, group, width, first, lanes, a->scale, queries);
  gather_rows(q, a->q_stride, group, width, first, lanes, query_rows);
  gather_columns(dout, a->out_stride, group, width, first, lanes, 1.0f, slopes);
  gather_rows(dout, a->out_stride, group, width, first, lanes, slope_rows);
  gather_scalars(a, first, lanes, out, dout, lse, delta, total);
  if (narrow) {
    pair_rows(queries, TILE, width, TILE, query_pairs);
    pair_rows(slopes, TILE, width, TILE, slope_pairs);
    pair_rows(query_rows, width, TILE, width, query_row_pairs);
    pair_rows(slope_rows, width, TILE, width, slope_row_pairs);
  }
  memset(sums, 0, width * TILE * sizeof(float));
  for (size_t r = 0; r < run_count; r++) {
    const expert_key_run *run = runs + r;
    const size_t end = visible(run, last);
    for (size_t key = 0; key < end; key += KEYS) {
      const size_t keys = end - key < KEYS ? end - key : KEYS;
      const float *k = run->keys + key * run->key_stride;
      const float *v = run->values + key * run->value_stride;
      multiply_keys(
          narrow, keys, width, k, run->key_stride, queries, query_pairs, &room, scores);
      multiply_keys(
          narrow, keys, width, v, run->value_stride, slopes, slope_pairs, &room, changes);
      mask_scores(scores, key, keys, run, first, lanes, group);
      for (size_t l = 0; l < TILE; l += LANES) {
        const V lse_lanes = load(total + l), delta_lanes = load(delta + l);
        for (size_t j = 0; j < keys; j++) {
          const V p = exp_lanes(load(scores + j * TILE + l) - lse_lanes);
          const V dp = load(changes + j * TILE + l);
          store(scores + j * TILE + l, p);
          store(changes + j * TILE + l, p * (dp - delta_lanes) * a->scale);
        }
      }
      const expert_key_gradient *g = gradients + r;
      add_rows(
          narrow, keys, width, lanes, scores, slope_rows, slope_row_pairs, &room,
          g->values + key * g->value_stride, g->value_stride);
      add_rows(
          narrow, keys, width, lanes, changes, query_rows, query_row_pairs, &room,
          g->keys + key * g->key_stride, g->key_stride);
      add_weighted(narrow, keys, width, k, run->key_stride, changes, &room, sums);
    }
  }
  for (size_t lane = 0; lane < TILE; lane++) ones[lane] = 1.0f;
  scatter_columns(sums, ones, dq, a->q_stride, group, width, first, lanes, false);
}

static void attention_forward(
    const expert_attention *a, size_t first, size_t lanes, const float *q,
    const expert_key_run *runs, size_t run_count, float *out, float *lse) {
  if (a->narrow && narrow_fits(a->width))
    forward_tile(true, a, first, lanes, q, runs, run_count, out, lse);
  else forward_tile(false, a, first, lanes, q, runs, run_count, out, lse);
}

static void attention_backward(
    const expert_attention *a, size_t first, size_t lanes, const float *q,
    const expert_key_run *runs, size_t run_count, const float *out, const float *dout,
    const float *lse, float *dq, const expert_key_gradient *gradients) {
  if (a->narrow && narrow_fits(a->width))
    backward_tile(true, a, first, lanes, q, runs, run_count, out, dout, lse, dq, gradients);
  else backward_tile(false, a, first, lanes, q, runs, run_count, out, dout, lse, dq, gradients);
}

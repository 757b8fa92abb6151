// The gradients of a block's 64 packed queries, and the two sums of every row that the pass over
// the keys needs. Source: docs/model.md#4-transformer and #9-training.
//
// Keys and values are read twice: first for the sums, then for the gradients.
#pragma once

#include "attention_backward.cuh"

// A lane's two rows of the warp: lane / 4 and lane / 4 + 8.
template <int HEAD>
struct QueryGradient {
  Operand<HEAD, true> queries;
  Operand<HEAD, true> gradients;
  float sums[HEAD / 8][4] = {};
  float total[2] = {};    // sum of the weights; its inverse after finish()
  float weighted[2] = {};  // sum of weight * (g . v); the mean after finish()

  // Adds 16 keys, from `row` of their tile on. Row half h attends to the first visible[h] keys.
  template <bool GRADIENT_PASS>
  __device__ __forceinline__ void add(unsigned keys, unsigned values, int row,
                                      const int (&visible)[2], const CapGradient& cap) {
    float dot[2][4] = {};
    float through[2][4] = {};
    dots(dot, queries, keys, row);
    dots(through, gradients, values, row);
#pragma unroll
    for (int n = 0; n < 2; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const WeightAndSlope w = cap.at(dot[n][i]);
        const bool seen = row + n * 8 + threadIdx.x % 4 * 2 + i % 2 < visible[i / 2];
        const float weight = seen ? w.weight : 0.0f;
        if constexpr (GRADIENT_PASS) {
          dot[n][i] = weight * total[i / 2] * (through[n][i] - weighted[i / 2]) * w.slope;
        } else {
          total[i / 2] += weight;
          weighted[i / 2] += weight * through[n][i];
        }
      }
    }
    if constexpr (GRADIENT_PASS) {
      accumulate<HEAD>(sums, dot, keys, row);
    }
  }

  // Turns the sums into inverse and mean, between the passes. own[h]: weight and g . v of the row's
  // own key, equal in every lane of the row.
  __device__ __forceinline__ void finish(const float2 (&own)[2]) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const float all = rowTotal(total[half]) + own[half].x;
      const float product = rowTotal(weighted[half]) + own[half].x * own[half].y;
      total[half] = all == 0.0f ? 0.0f : 1.0f / all;  // NaN propagates
      weighted[half] = product * total[half];
    }
  }
};

// Runs both passes over the keys; between() runs between them. visible(row) is the number of keys
// that a packed row attends to; it does not decrease with row. Shared memory: queries | gradients |
// two stages of keys and values.
template <int HEAD, class Visible, class Between>
__device__ __forceinline__ void twoPassQueryGradients(
    QueryGradient<HEAD>& rows, unsigned shared, int first, const PackedRows& queries,
    const PackedRows& gradients, const KeyRows& keys, const KeyRows& values,
    const CapGradient& cap, Visible visible, Between between) {
  constexpr unsigned TILE = KEYS * HEAD * 2;
  const bf16* validAddress = queries.first;
  const int last = min(first + QUERIES, queries.count) - 1;
  const int tiles = (visible(last) + KEYS - 1) / KEYS;
  const auto load = [&](int turn) {
    const unsigned to = shared + (2 + turn % 2 * 2) * TILE;
    const int from = turn % tiles * KEYS;
    loadTile<HEAD, KEYS>(to, queries.headSize, validAddress,
                         [&](int r) { return keys.at(from + r); });
    loadTile<HEAD, KEYS>(to + TILE, queries.headSize, validAddress,
                         [&](int r) { return values.at(from + r); });
    cpAsyncCommit();
  };
  loadTile<HEAD, QUERIES>(shared, queries.headSize, validAddress,
                          [&](int r) { return queries.at(first + r); });
  loadTile<HEAD, QUERIES>(shared + TILE, queries.headSize, validAddress,
                          [&](int r) { return gradients.at(first + r); });
  cpAsyncCommit();
  if (tiles > 0) {
    load(0);
  }
  cpAsyncWaitAll();
  __syncthreads();
  rows.queries.read(shared);
  rows.gradients.read(shared + TILE);
  const int warpRow = first + threadIdx.x / 32 * 16;
  const int row = warpRow + threadIdx.x % 32 / 4;
  const int most = warpRow < queries.count ? visible(min(warpRow + 15, queries.count - 1)) : 0;
  const int seen[2] = {row < queries.count ? visible(row) : 0,
                       row + 8 < queries.count ? visible(row + 8) : 0};
  for (int turn = 0; turn < 2 * tiles; turn++) {
    cpAsyncWaitAll();
    __syncthreads();  // this tile is complete, the other stage is free
    if (turn + 1 < 2 * tiles) {
      load(turn + 1);
    }
    if (turn == tiles) {
      between();
    }
    const unsigned tile = shared + (2 + turn % 2 * 2) * TILE;
    const int from = turn % tiles * KEYS;
    const int left[2] = {seen[0] - from, seen[1] - from};
#pragma unroll 1
    for (int at = 0; at < min(most - from, KEYS); at += 16) {
      if (turn < tiles) {
        rows.template add<false>(tile, tile + TILE, at, left, cap);
      } else {
        rows.template add<true>(tile, tile + TILE, at, left, cap);
      }
    }
  }
  if (tiles == 0) {
    between();
  }
}

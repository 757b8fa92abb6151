// The gradients of a block's 64 packed queries, and the two sums of every row that the pass over
// the keys needs. Source: docs/model.md#4-transformer and #9-training.
//
// Keys and values pass twice: for the sums, then for the gradients.
#pragma once

#include "attention_backward.cuh"

// A lane's two rows: lane / 4 and 8 further.
template <int HEAD>
struct QueryGradient {
  Operand<HEAD, true> queries;
  Operand<HEAD, true> gradients;
  float sums[HEAD / 8][4] = {};
  float total[2] = {};    // of the weights; after finish() its inverse
  float weighted[2] = {};  // weights times g . v; after finish() the mean

  // 16 keys that begin at `row` of their tile, of which row half h sees the first visible[h].
  template <bool SECOND>
  __device__ __forceinline__ void see(unsigned keys, unsigned values, int row,
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
        if constexpr (SECOND) {
          dot[n][i] = weight * total[i / 2] * (through[n][i] - weighted[i / 2]) * w.slope;
        } else {
          total[i / 2] += weight;
          weighted[i / 2] += weight * through[n][i];
        }
      }
    }
    if constexpr (SECOND) {
      accumulate<HEAD>(sums, dot, keys, row);
    }
  }

  // Between the passes; own is a weight and g . v that every lane of a row knows.
  __device__ __forceinline__ void finish(const float2 (&own)[2]) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const float all = rowTotal(total[half]) + own[half].x;
      const float product = rowTotal(weighted[half]) + own[half].x * own[half].y;
      total[half] = all == 0.0f ? 0.0f : 1.0f / all;  // a NaN stays one
      weighted[half] = product * total[half];
    }
  }
};

// Both passes over the keys. between() runs between them. visible(row) is how many keys a packed
// row sees; it ascends. Shared memory: queries | gradients | two stages of keys and values.
template <int HEAD, class Visible, class Between>
__device__ __forceinline__ void passTwice(QueryGradient<HEAD>& rows, unsigned shared, int first,
                                          const PackedRows& queries, const PackedRows& gradients,
                                          const KeyRows& keys, const KeyRows& values,
                                          const CapGradient& cap, Visible visible,
                                          Between between) {
  constexpr unsigned TILE = KEYS * HEAD * 2;
  const bf16* anywhere = queries.first;
  const int last = min(first + QUERIES, queries.count) - 1;
  const int tiles = (visible(last) + KEYS - 1) / KEYS;
  const auto load = [&](int turn) {
    const unsigned to = shared + (2 + turn % 2 * 2) * TILE;
    const int from = turn % tiles * KEYS;
    loadTile<HEAD, KEYS>(to, queries.headSize, anywhere, [&](int r) { return keys.at(from + r); });
    loadTile<HEAD, KEYS>(to + TILE, queries.headSize, anywhere,
                         [&](int r) { return values.at(from + r); });
    commitCopies();
  };
  loadTile<HEAD, QUERIES>(shared, queries.headSize, anywhere,
                          [&](int r) { return queries.at(first + r); });
  loadTile<HEAD, QUERIES>(shared + TILE, queries.headSize, anywhere,
                          [&](int r) { return gradients.at(first + r); });
  commitCopies();
  if (tiles > 0) {
    load(0);
  }
  awaitCopies();
  __syncthreads();
  rows.queries.read(shared);
  rows.gradients.read(shared + TILE);
  const int warpRow = first + threadIdx.x / 32 * 16;
  const int row = warpRow + threadIdx.x % 32 / 4;
  const int most = warpRow < queries.count ? visible(min(warpRow + 15, queries.count - 1)) : 0;
  const int seen[2] = {row < queries.count ? visible(row) : 0,
                       row + 8 < queries.count ? visible(row + 8) : 0};
  for (int turn = 0; turn < 2 * tiles; turn++) {
    awaitCopies();
    __syncthreads();  // the tile has landed, and everyone is done with the other stage
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
        rows.template see<false>(tile, tile + TILE, at, left, cap);
      } else {
        rows.template see<true>(tile, tile + TILE, at, left, cap);
      }
    }
  }
  if (tiles == 0) {
    between();
  }
}

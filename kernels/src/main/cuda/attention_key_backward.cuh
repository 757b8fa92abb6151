// The gradients of a block's 64 keys and values, summed over the packed queries that attend to
// them.
// Source: docs/model.md#4-transformer and #9-training.
#pragma once

#include "attention_backward.cuh"

// Where the gradients of a segment's keys and values are added.
struct KeyGradientRows {
  float* keys;
  float* values;
  int stride;
};

template <int HEAD>
struct KeyGradient {
  static constexpr bool IN_REGISTERS = HEAD <= 64;
  Operand<HEAD, IN_REGISTERS> keys;
  Operand<HEAD, IN_REGISTERS> values;
  float keySums[HEAD / 8][4] = {};
  float valueSums[HEAD / 8][4] = {};

  // Adds 16 packed queries, from `row` of their tile on. stats: their (1 / sum of weights, mean of
  // g . v) from twoPassQueryGradients. Key half h is visible to the queries of the tile from
  // firstVisible[h] on.
  __device__ __forceinline__ void add(unsigned queries, unsigned gradients, int row,
                                      const float2* stats, const int (&firstVisible)[2],
                                      const CapGradient& cap) {
    float dot[2][4] = {};
    float through[2][4] = {};
    dots(dot, keys, queries, row);
    dots(through, values, gradients, row);
#pragma unroll
    for (int n = 0; n < 2; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int query = row + n * 8 + threadIdx.x % 4 * 2 + i % 2;
        const float2 sums = stats[query];
        const WeightAndSlope w = cap.at(dot[n][i]);
        const float share = query >= firstVisible[i / 2] ? w.weight * sums.x : 0.0f;
        dot[n][i] = share * (through[n][i] - sums.y) * w.slope;
        through[n][i] = share;
      }
    }
    accumulate<HEAD>(keySums, dot, queries, row);
    accumulate<HEAD>(valueSums, through, gradients, row);
  }
};

// Computes the gradients of a block's keys and values. stats [rows, queryHeads]; CAUSAL: a query
// attends to the keys up to its own row. Shared memory: keys | values | two stages of queries and
// gradients.
template <int HEAD, bool CAUSAL>
__device__ __forceinline__ void keyGradients(const KeyGradientRows& out, unsigned shared, int first,
                                             const PackedRows& queries,
                                             const PackedRows& gradients, const KeyRows& keys,
                                             const KeyRows& values, const float2* stats,
                                             int queryHeads, const CapGradient& cap) {
  constexpr unsigned TILE = KEYS * HEAD * 2;
  __shared__ float2 sums[2][QUERIES];
  const bf16* validAddress = queries.first;
  const int group = queries.group;
  const int firstTile = CAUSAL ? first * group / QUERIES : 0;
  const int tiles = (queries.count + QUERIES - 1) / QUERIES;
  const auto load = [&](int tile) {
    const unsigned to = shared + (2 + tile % 2 * 2) * TILE;
    loadTile<HEAD, QUERIES>(to, queries.headSize, validAddress,
                            [&](int r) { return queries.at(tile * QUERIES + r); });
    loadTile<HEAD, QUERIES>(to + TILE, queries.headSize, validAddress,
                            [&](int r) { return gradients.at(tile * QUERIES + r); });
    cpAsyncCommit();
    if (threadIdx.x < QUERIES) {
      const int packed = tile * QUERIES + threadIdx.x;
      sums[tile % 2][threadIdx.x] =
          packed < queries.count
              ? stats[static_cast<size_t>(packed / group) * queryHeads + packed % group]
              : make_float2(0, 0);
    }
  };
  loadTile<HEAD, KEYS>(shared, queries.headSize, validAddress,
                       [&](int r) { return keys.at(first + r); });
  loadTile<HEAD, KEYS>(shared + TILE, queries.headSize, validAddress,
                       [&](int r) { return values.at(first + r); });
  cpAsyncCommit();
  if (firstTile < tiles) {
    load(firstTile);
  }
  cpAsyncWaitAll();
  __syncthreads();
  KeyGradient<HEAD> rows;
  rows.keys.read(shared);
  rows.values.read(shared + TILE);
  const int warpRow = first + threadIdx.x / 32 * 16;
  const int row = warpRow + threadIdx.x % 32 / 4;
  for (int tile = firstTile; tile < tiles; tile++) {
    cpAsyncWaitAll();
    __syncthreads();  // this tile is complete, the other stage is free
    if (tile + 1 < tiles) {
      load(tile + 1);
    }
    const unsigned at = shared + (2 + tile % 2 * 2) * TILE;
    const int from = tile * QUERIES;
    const int firstVisible[2] = {CAUSAL ? row * group - from : 0,
                              CAUSAL ? (row + 8) * group - from : 0};
    const int begin = CAUSAL ? max(warpRow * group - from, 0) / 16 * 16 : 0;
    const int end = warpRow < keys.count ? min(queries.count - from, QUERIES) : 0;
#pragma unroll 1
    for (int q = begin; q < end; q += 16) {
      rows.add(at, at + TILE, q, sums[tile % 2], firstVisible, cap);
    }
  }
  const auto place = [&](float* base, int key) {
    return key < keys.count ? base + static_cast<size_t>(key) * out.stride : nullptr;
  };
  float* const keysTo[2] = {place(out.keys, row), place(out.keys, row + 8)};
  addRows<HEAD>(rows.keySums, keysTo, queries.headSize);
  float* const valuesTo[2] = {place(out.values, row), place(out.values, row + 8)};
  addRows<HEAD>(rows.valueSums, valuesTo, queries.headSize);
}

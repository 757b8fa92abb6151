// Gradients of history_attention in two launches: the query entries write the gradients of the
// queries and the two sums of every row, the key entries then the gradients of keys and values.
// Source: docs/model.md#4-transformer and #9-training.
//
// gradQkv [rows, (H+2G)*K] float32, added to: every row queries | keys | values, as after rotation;
// the query entries write the queries' columns, the key entries those of keys and values; stats
// [rows, H] pairs (1 / sum of weights, mean of g . v) float32, written by the query entries;
// gradOut [rows, H*K] bfloat16; qkv [rows, (H+2G)*K] bfloat16, rotated; offsets [segments + 1]; H,
// G, K as in history_attention, K at most the number in the entry's name.
// Grid (64-row tiles of the longest segment: of its H/G packed queries a row, or of its keys; G,
// segments), block 128. Dynamic shared memory: six tiles.
#include "attention_key_backward.cuh"
#include "attention_query_backward.cuh"

// One segment and key head.
struct Segment {
  int begin;
  int length;
  PackedRows queries;
  PackedRows gradients;
  KeyRows keys;
  KeyRows values;

  __device__ __forceinline__ Segment(const bf16* gradOut, const bf16* qkv, const int* offsets,
                                     int queryHeads, int keyHeads, int headSize) {
    const int head = blockIdx.y;
    const int group = queryHeads / keyHeads;
    const int columns = (queryHeads + 2 * keyHeads) * headSize;
    begin = offsets[blockIdx.z];
    length = offsets[blockIdx.z + 1] - begin;
    const bf16* rows = qkv + static_cast<size_t>(begin) * columns;
    const bf16* outRows = gradOut + static_cast<size_t>(begin) * queryHeads * headSize;
    queries = {rows + head * group * headSize, columns, group, headSize, length * group};
    gradients = {outRows + head * group * headSize, queryHeads * headSize, group, headSize,
                 length * group};
    keys = {rows + (queryHeads + head) * headSize, columns, length};
    values = {keys.first + keyHeads * headSize, columns, length};
  }
};

template <int HEAD>
__device__ __forceinline__ void query(float* gradQkv, float2* stats, const bf16* gradOut,
                                      const bf16* qkv, const int* offsets, int queryHeads,
                                      int keyHeads, int headSize, float multiplier) {
  extern __shared__ __align__(128) unsigned char memory[];
  const Segment s(gradOut, qkv, offsets, queryHeads, keyHeads, headSize);
  const int first = (gridDim.x - 1 - blockIdx.x) * QUERIES;  // the tile with most keys first
  if (first >= s.queries.count) {
    return;
  }
  const int group = s.queries.group;
  QueryGradient<HEAD> rows;
  twoPassQueryGradients(
      rows, static_cast<unsigned>(__cvta_generic_to_shared(memory)), first, s.queries, s.gradients,
      s.keys, s.values, CapGradient(multiplier), [&](int packed) { return packed / group + 1; },
      [&] {
        const float2 none[2] = {};
        rows.finish(none);
      });
  float* to[2] = {};
#pragma unroll
  for (int half = 0; half < 2; half++) {
    const int packed = first + threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4 + 8 * half;
    if (packed < s.queries.count) {
      const size_t row = s.begin + packed / group;
      const int head = blockIdx.y * group + packed % group;
      to[half] = gradQkv + row * s.queries.stride + head * headSize;
      if (threadIdx.x % 4 == 0) {
        stats[row * queryHeads + head] = make_float2(rows.total[half], rows.weighted[half]);
      }
    }
  }
  addRows<HEAD>(rows.sums, to, headSize);
}

template <int HEAD>
__device__ __forceinline__ void key(float* gradQkv, const float2* stats, const bf16* gradOut,
                                    const bf16* qkv, const int* offsets, int queryHeads,
                                    int keyHeads, int headSize, float multiplier) {
  extern __shared__ __align__(128) unsigned char memory[];
  const Segment s(gradOut, qkv, offsets, queryHeads, keyHeads, headSize);
  const int first = blockIdx.x * KEYS;
  if (first >= s.length) {
    return;
  }
  float* keys = gradQkv + static_cast<size_t>(s.begin) * s.keys.stride +
                (queryHeads + blockIdx.y) * headSize;
  const KeyGradientRows out = {keys, keys + keyHeads * headSize, s.keys.stride};
  const float2* ours =
      stats + static_cast<size_t>(s.begin) * queryHeads + blockIdx.y * s.queries.group;
  keyGradients<HEAD, true>(out, static_cast<unsigned>(__cvta_generic_to_shared(memory)), first,
                           s.queries, s.gradients, s.keys, s.values, ours, queryHeads,
                           CapGradient(multiplier));
}

#define HISTORY_ATTENTION_BACKWARD(HEAD, BLOCKS, KEY_BLOCKS) \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) \
      history_attention_backward_query_##HEAD( \
          float* __restrict__ gradQkv, float2* __restrict__ stats, \
          const bf16* __restrict__ gradOut, const bf16* __restrict__ qkv, \
          const int* __restrict__ offsets, int queryHeads, int keyHeads, int headSize, \
          float multiplier) { \
    query<HEAD>(gradQkv, stats, gradOut, qkv, offsets, queryHeads, keyHeads, headSize, \
                multiplier); \
  } \
  extern "C" __global__ void __launch_bounds__(THREADS, KEY_BLOCKS) \
      history_attention_backward_key_##HEAD( \
          float* __restrict__ gradQkv, const float2* __restrict__ stats, \
          const bf16* __restrict__ gradOut, const bf16* __restrict__ qkv, \
          const int* __restrict__ offsets, int queryHeads, int keyHeads, int headSize, \
          float multiplier) { \
    key<HEAD>(gradQkv, stats, gradOut, qkv, offsets, queryHeads, keyHeads, headSize, multiplier); \
  }

HISTORY_ATTENTION_BACKWARD(32, 4, 3)
HISTORY_ATTENTION_BACKWARD(64, 3, 2)
HISTORY_ATTENTION_BACKWARD(128, 2, 2)

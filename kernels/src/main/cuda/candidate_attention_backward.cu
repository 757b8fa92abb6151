// Gradients of candidate_attention in three launches: query entries (gradients of the queries, the
// two sums of every row, and each row's contribution to its own key and value), key entries
// (gradients of the history's keys and values), and _own (gradients of the own keys and values,
// summed over the query heads that read them). Source: docs/model.md#4-transformer and #9-training.
//
// gradQkv [candidate rows, (H+2G)*K] float32, added to: every row queries | keys | values, as after
// rotation; the query entries have the first part, candidate_attention_backward_own the others;
// stats [candidate rows, H] pairs (1 / sum of weights, mean of g . v) and own [candidate rows, H]
// pairs (gradient of q . own key, share of the own value) float32, written by the query entries;
// gradHistory [history rows, historyColumns] float32, added to by the key entries: the gradients of
// `history`, bfloat16 of the same shape, whose columns from firstKey on are keys | values, rotated;
// gradOut [candidate rows, H*K] bfloat16; qkv, historyOffsets, candidateOffsets, seesItself, H, G,
// K as in candidate_attention, K at most the number in the entry's name.
// Grid (64-row tiles of the request with most packed queries, or most keys; G, requests), block
// 128; dynamic shared memory: six tiles. candidate_attention_backward_own: a thread has one column
// of a row's G*K; block (threads of a row, rows).
#include "attention_key_backward.cuh"
#include "attention_query_backward.cuh"

// One request and key head.
struct Request {
  int begin;  // first candidate
  int historyBegin;
  PackedRows queries;
  PackedRows gradients;
  KeyRows keys;
  KeyRows values;

  __device__ __forceinline__ Request(const bf16* gradOut, const bf16* qkv,
                                     const bf16* history, const int* historyOffsets,
                                     const int* candidateOffsets, int historyColumns, int firstKey,
                                     int queryHeads, int keyHeads, int headSize) {
    const int group = queryHeads / keyHeads;
    const int columns = (queryHeads + 2 * keyHeads) * headSize;
    const int head = blockIdx.y * group * headSize;
    begin = candidateOffsets[blockIdx.z];
    historyBegin = historyOffsets[blockIdx.z];
    const int count = (candidateOffsets[blockIdx.z + 1] - begin) * group;
    const int length = historyOffsets[blockIdx.z + 1] - historyBegin;
    queries = {qkv + static_cast<size_t>(begin) * columns + head, columns, group, headSize, count};
    gradients = {gradOut + static_cast<size_t>(begin) * queryHeads * headSize + head,
                 queryHeads * headSize, group, headSize, count};
    keys = {history + static_cast<size_t>(historyBegin) * historyColumns + firstKey +
                blockIdx.y * headSize,
            historyColumns, length};
    values = {keys.first + keyHeads * headSize, historyColumns, length};
  }
};

// Dot product of an operand row with a row in memory; every lane of the row gets it.
template <int HEAD>
__device__ __forceinline__ float dotWith(const Operand<HEAD, true>& left, int half,
                                         const bf16* row, int headSize) {
  float sum = 0;
#pragma unroll
  for (int step = 0; step < HEAD / 16; step++) {
    unsigned a[4];
    left.get(a, step);
#pragma unroll
    for (int part = 0; part < 2; part++) {
      const int column = step * 16 + part * 8 + threadIdx.x % 4 * 2;
      const bool inside = row != nullptr && column < headSize;
      const unsigned pair = inside ? *reinterpret_cast<const unsigned*>(row + column) : 0;
      const unsigned mine = half == 0 ? a[2 * part] : a[2 * part + 1];
      sum += lowToFloat(mine) * lowToFloat(pair) + highToFloat(mine) * highToFloat(pair);
    }
  }
  return rowTotal(sum);
}

template <int HEAD>
__device__ __forceinline__ void query(float* gradQkv, float2* stats, float2* own,
                                      const bf16* qkv, const unsigned char* seesItself,
                                      const Request& r, int queryHeads, int keyHeads,
                                      int headSize, const CapGradient& cap) {
  extern __shared__ __align__(128) unsigned char memory[];
  const int first = blockIdx.x * QUERIES;
  if (first >= r.queries.count) {
    return;
  }
  const int group = r.queries.group;
  const int length = r.keys.count;
  QueryGradient<HEAD> rows;
  WeightAndSlope ownWeight[2] = {};
  float2 weightAndThrough[2] = {};
  const bf16* ownKey[2] = {};
  twoPassQueryGradients(
      rows, static_cast<unsigned>(__cvta_generic_to_shared(memory)), first, r.queries, r.gradients,
      r.keys, r.values, cap, [&](int) { return length; },
      [&] {
#pragma unroll
        for (int half = 0; half < 2; half++) {
          const int packed = first + threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4 + 8 * half;
          const size_t row = r.begin + packed / group;
          const bool seen =
              packed < r.queries.count &&
              (length == 0 || seesItself == nullptr || seesItself[row] != 0);
          ownKey[half] = seen ? qkv + row * r.queries.stride + (queryHeads + blockIdx.y) * headSize
                              : nullptr;
          const bf16* value = seen ? ownKey[half] + keyHeads * headSize : nullptr;
          const float dot = dotWith(rows.queries, half, ownKey[half], headSize);
          const float through = dotWith(rows.gradients, half, value, headSize);
          ownWeight[half] = cap.at(dot);
          weightAndThrough[half] = make_float2(seen ? ownWeight[half].weight : 0.0f, through);
        }
        rows.finish(weightAndThrough);
      });
  float* to[2] = {};
#pragma unroll
  for (int half = 0; half < 2; half++) {
    const int packed = first + threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4 + 8 * half;
    if (packed >= r.queries.count) {
      continue;
    }
    const size_t row = r.begin + packed / group;
    const int head = blockIdx.y * group + packed % group;
    const float share = weightAndThrough[half].x * rows.total[half];
    const float grad =
        share * (weightAndThrough[half].y - rows.weighted[half]) * ownWeight[half].slope;
    to[half] = gradQkv + row * r.queries.stride + head * headSize;
    if (threadIdx.x % 4 == 0) {
      stats[row * queryHeads + head] = make_float2(rows.total[half], rows.weighted[half]);
      own[row * queryHeads + head] = make_float2(grad, share);
    }
#pragma unroll
    for (int n = 0; n < HEAD / 8; n++) {
      const int column = n * 8 + threadIdx.x % 4 * 2;
      if (ownKey[half] != nullptr && column < headSize) {
        const unsigned pair = *reinterpret_cast<const unsigned*>(ownKey[half] + column);
        rows.sums[n][2 * half] += grad * lowToFloat(pair);
        rows.sums[n][2 * half + 1] += grad * highToFloat(pair);
      }
    }
  }
  addRows<HEAD>(rows.sums, to, headSize);
}

template <int HEAD>
__device__ __forceinline__ void key(float* gradHistory, const float2* stats, const Request& r,
                                    int firstKey, int queryHeads, int keyHeads, int headSize,
                                    const CapGradient& cap) {
  extern __shared__ __align__(128) unsigned char memory[];
  const int first = blockIdx.x * KEYS;
  if (first >= r.keys.count) {
    return;
  }
  float* keys = gradHistory + static_cast<size_t>(r.historyBegin) * r.keys.stride + firstKey +
                blockIdx.y * headSize;
  const KeyGradientRows out = {keys, keys + keyHeads * headSize, r.keys.stride};
  const float2* ours =
      stats + static_cast<size_t>(r.begin) * queryHeads + blockIdx.y * r.queries.group;
  keyGradients<HEAD, false>(out, static_cast<unsigned>(__cvta_generic_to_shared(memory)), first,
                            r.queries, r.gradients, r.keys, r.values, ours, queryHeads, cap);
}

#define CANDIDATE_ATTENTION_BACKWARD(HEAD, BLOCKS, KEY_BLOCKS) \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) \
      candidate_attention_backward_query_##HEAD( \
          float* __restrict__ gradQkv, float2* __restrict__ stats, float2* __restrict__ own, \
          const bf16* __restrict__ gradOut, const bf16* __restrict__ qkv, \
          const bf16* __restrict__ history, const int* __restrict__ historyOffsets, \
          const int* __restrict__ candidateOffsets, \
          const unsigned char* __restrict__ seesItself, int historyColumns, int firstKey, \
          int queryHeads, int keyHeads, int headSize, float multiplier) { \
    const Request r(gradOut, qkv, history, historyOffsets, candidateOffsets, historyColumns, \
                    firstKey, queryHeads, keyHeads, headSize); \
    query<HEAD>(gradQkv, stats, own, qkv, seesItself, r, queryHeads, keyHeads, headSize, \
                CapGradient(multiplier)); \
  } \
  extern "C" __global__ void __launch_bounds__(THREADS, KEY_BLOCKS) \
      candidate_attention_backward_key_##HEAD( \
          float* __restrict__ gradHistory, const float2* __restrict__ stats, \
          const bf16* __restrict__ gradOut, const bf16* __restrict__ qkv, \
          const bf16* __restrict__ history, const int* __restrict__ historyOffsets, \
          const int* __restrict__ candidateOffsets, int historyColumns, int firstKey, \
          int queryHeads, int keyHeads, int headSize, float multiplier) { \
    const Request r(gradOut, qkv, history, historyOffsets, candidateOffsets, historyColumns, \
                    firstKey, queryHeads, keyHeads, headSize); \
    key<HEAD>(gradHistory, stats, r, firstKey, queryHeads, keyHeads, headSize, \
              CapGradient(multiplier)); \
  }

CANDIDATE_ATTENTION_BACKWARD(32, 4, 3)
CANDIDATE_ATTENTION_BACKWARD(64, 3, 2)
CANDIDATE_ATTENTION_BACKWARD(128, 2, 2)

extern "C" __global__ void __launch_bounds__(256)
    candidate_attention_backward_own(float* __restrict__ gradQkv, const float2* __restrict__ own,
                                     const bf16* __restrict__ gradOut,
                                     const bf16* __restrict__ qkv, int rows, int queryHeads,
                                     int keyHeads, int headSize) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || at >= keyHeads * headSize) {
    return;
  }
  const int group = queryHeads / keyHeads;
  const int columns = (queryHeads + 2 * keyHeads) * headSize;
  const int column = at % headSize;
  const size_t start = static_cast<size_t>(row) * columns;
  float key = 0;
  float value = 0;
  for (int i = 0; i < group; i++) {
    const int head = at / headSize * group + i;
    const float2 mine = own[static_cast<size_t>(row) * queryHeads + head];
    key += mine.x * toFloat(qkv[start + head * headSize + column]);
    value += mine.y *
             toFloat(gradOut[(static_cast<size_t>(row) * queryHeads + head) * headSize + column]);
  }
  gradQkv[start + queryHeads * headSize + at] += key;
  gradQkv[start + (queryHeads + keyHeads) * headSize + at] += value;
}

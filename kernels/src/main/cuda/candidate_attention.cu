// Attention of candidate rows: a candidate attends to the whole history of its own request and to
// itself, never to another candidate. Source: docs/model.md#4-transformer.
//
// out [candidate rows, H*K] bfloat16; qkv [candidate rows, (H+2G)*K] bfloat16, every row queries |
// keys | values, rotated; kept [2, G, keptRows, K] bfloat16: keys and values as written by
// history_attention; historyOffsets, candidateOffsets [requests + 1]; seesItself [candidate rows]
// bytes or null (all do): 0 for a padding candidate, which attends to itself only if its request
// has no history. H = queryHeads, G = keyHeads, K = headSize even and at most the number in the
// entry's name.
//
// The H/G query heads of a key head and the candidates of a request share the rows of a tile, so
// the history is read once for all of them. A candidate's own key and value initialise its sums;
// the only mask is the end of the history. The order of a row's additions does not depend on the
// other rows, so batching candidates changes no bit, and a NaN affects its own row only. Grid
// (tiles of the request with most rows, G, requests), block 128. Dynamic shared memory: as
// history_attention.
#include "attention.cuh"

// The rows of one request and key head: packed row p is head p % group of candidate p / group.
struct Packing {
  int count;
  int group;
  size_t firstCandidate;
  int queryHead;  // the first of the group
  int keyColumn;  // first column of the candidate's own key in a qkv row
  int columns;

  __device__ __forceinline__ size_t candidate(int packed) const {
    return firstCandidate + packed / group;
  }

  // The query of a packed row; null beyond the last one.
  __device__ __forceinline__ const bf16* query(const bf16* qkv, int packed, int headSize) const {
    const int head = queryHead + packed % group;
    return packed < count ? qkv + candidate(packed) * columns + head * headSize : nullptr;
  }
};

// The own key and value of one packed row; null beyond the last one.
struct OwnKey {
  const bf16* key = nullptr;
  const bf16* value = nullptr;
  bool visible = false;
};

__device__ __forceinline__ unsigned pairAt(const bf16* row, int column, int headSize) {
  const bool inside = row != nullptr && column < headSize;
  return inside ? *reinterpret_cast<const unsigned*>(row + column) : 0;
}

// Adds the own key of both row halves: its weight and weighted value become the initial sums.
template <int HEAD>
__device__ __forceinline__ void addOwnKey(AttentionAccumulator<HEAD>& sums,
                                          const Queries<HEAD>& queries, const OwnKey (&own)[2],
                                          int headSize, Cap cap) {
  const int column = threadIdx.x % 4 * 2;
  float dot[2] = {};
#pragma unroll
  for (int step = 0; step < HEAD / 16; step++) {
    unsigned a[4];
    queries.operand(a, step);
#pragma unroll
    for (int i = 0; i < 4; i++) {  // row half i % 2; columns + 8 for i / 2 = 1
      const unsigned key = pairAt(own[i % 2].key, step * 16 + i / 2 * 8 + column, headSize);
      dot[i % 2] += lowToFloat(a[i]) * lowToFloat(key);
      dot[i % 2] += highToFloat(a[i]) * highToFloat(key);
    }
  }
#pragma unroll
  for (int half = 0; half < 2; half++) {
    dot[half] += __shfl_xor_sync(0xffffffffu, dot[half], 1);
    dot[half] += __shfl_xor_sync(0xffffffffu, dot[half], 2);
    if (!own[half].visible) {
      continue;
    }
    const float weight = cap.weight(dot[half]);
    sums.weights[half] =
        threadIdx.x % 4 == 0 ? weight : 0.0f;  // write() sums the four lanes of a row
#pragma unroll
    for (int n = 0; n < HEAD / 8; n++) {
      const unsigned value = pairAt(own[half].value, n * 8 + column, headSize);
      sums.values[n][2 * half] = weight * lowToFloat(value);
      sums.values[n][2 * half + 1] = weight * highToFloat(value);
    }
  }
}

template <int HEAD, int KEYS>
__device__ __forceinline__ void attend(bf16* out, const bf16* qkv, const bf16* kept,
                                       const int* historyOffsets, const int* candidateOffsets,
                                       const unsigned char* seesItself, int keptRows,
                                       int queryHeads, int keyHeads, int headSize,
                                       float multiplier) {
  constexpr unsigned TILE = KEYS * HEAD * 2;
  constexpr unsigned STAGE = 2 * TILE;
  extern __shared__ __align__(128) unsigned char memory[];
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(memory));
  const int keyHead = blockIdx.y;
  const int begin = historyOffsets[blockIdx.z];
  const int length = historyOffsets[blockIdx.z + 1] - begin;
  const int group = queryHeads / keyHeads;
  const int firstCandidate = candidateOffsets[blockIdx.z];
  const int candidates = candidateOffsets[blockIdx.z + 1] - firstCandidate;
  const Packing packing = {candidates * group,
                           group,
                           static_cast<size_t>(firstCandidate),
                           keyHead * group,
                           (queryHeads + keyHead) * headSize,
                           (queryHeads + 2 * keyHeads) * headSize};
  const int first = blockIdx.x * QUERIES;
  if (first >= packing.count) {
    return;
  }
  const bf16* keyRows = kept + (static_cast<size_t>(keyHead) * keptRows + begin) * headSize;
  const bf16* valueRows = keyRows + static_cast<size_t>(keyHeads) * keptRows * headSize;
  const unsigned queryTile = shared + (HEAD <= 128 ? STAGE : 2 * STAGE);
  const auto load = [&](int tile) {
    const unsigned to = shared + tile % 2 * STAGE;
    const auto rowOf = [&](const bf16* rows, int row) {
      return row < length ? rows + static_cast<size_t>(row) * headSize : nullptr;
    };
    loadTile<HEAD, KEYS>(to, headSize, kept,
                         [&](int r) { return rowOf(keyRows, tile * KEYS + r); });
    loadTile<HEAD, KEYS>(to + TILE, headSize, kept,
                         [&](int r) { return rowOf(valueRows, tile * KEYS + r); });
    cpAsyncCommit();
  };
  loadTile<HEAD, QUERIES>(queryTile, headSize, qkv,
                          [&](int r) { return packing.query(qkv, first + r, headSize); });
  cpAsyncCommit();
  if (length > 0) {
    load(0);
  }
  cpAsyncWaitAll();
  __syncthreads();
  Queries<HEAD> queries;
  queries.read(queryTile);
  AttentionAccumulator<HEAD> sums;
  const Cap cap(multiplier);
  const int warpRow = first + threadIdx.x / 32 * 16;
  OwnKey own[2];
  bf16* to[2] = {};
#pragma unroll
  for (int half = 0; half < 2; half++) {
    const int packed = warpRow + threadIdx.x % 32 / 4 + 8 * half;
    if (packed < packing.count) {
      const size_t row = packing.candidate(packed);
      own[half].key = qkv + row * packing.columns + packing.keyColumn;
      own[half].value = own[half].key + keyHeads * headSize;
      own[half].visible = length == 0 || seesItself == nullptr || seesItself[row] != 0;
      to[half] = out + (row * queryHeads + packing.queryHead + packed % group) * headSize;
    }
  }
  addOwnKey(sums, queries, own, headSize, cap);
  const int tiles = (length + KEYS - 1) / KEYS;
  for (int tile = 0; tile < tiles; tile++) {
    cpAsyncWaitAll();
    __syncthreads();  // this tile is complete, the other stage is free
    if (tile + 1 < tiles) {
      load(tile + 1);
    }
    const unsigned keys = shared + tile % 2 * STAGE;
    const int left = length - tile * KEYS;
    const int visible[2] = {left, left};
    if (warpRow < packing.count) {
      sums.template addVisible<KEYS>(queries, keys, keys + TILE, visible, left, left, cap);
    }
  }
  sums.write(to, headSize);
}

#define CANDIDATE_ATTENTION(HEAD, KEYS, BLOCKS)                                                 \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) candidate_attention_##HEAD(     \
      bf16* __restrict__ out, const bf16* __restrict__ qkv, const bf16* __restrict__ kept,      \
      const int* __restrict__ historyOffsets, const int* __restrict__ candidateOffsets,         \
      const unsigned char* __restrict__ seesItself, int keptRows, int queryHeads, int keyHeads, \
      int headSize, float multiplier) {                                                         \
    attend<HEAD, KEYS>(out, qkv, kept, historyOffsets, candidateOffsets, seesItself, keptRows,  \
                       queryHeads, keyHeads, headSize, multiplier);                             \
  }

CANDIDATE_ATTENTION(32, 64, 4)
CANDIDATE_ATTENTION(64, 64, 2)
CANDIDATE_ATTENTION(128, 64, 2)
CANDIDATE_ATTENTION(256, 16, 1)

// Attention of candidate rows: a candidate sees the whole history of its own request and itself,
// never another candidate. Source: docs/model.md#4-transformer.
//
// out [candidate rows, H*K] bfloat16; qkv [candidate rows, (H+2G)*K] bfloat16, every row queries |
// keys | values, rotated; kept [2, G, keptRows, K] bfloat16: the keys and values history_attention
// kept; historyOffsets, candidateOffsets [requests + 1]; seesItself [candidate rows] bytes or null
// (all do): 0 for a padding candidate, which sees itself only where it has no history at all.
// H = queryHeads, G = keyHeads, K = headSize even and at most the number in the entry's name.
//
// The H/G query heads of a key head and the candidates of a request share the rows of a tile, so
// the history is read once for all of them. A candidate's own key is a dot product that initialises
// its sums; there is no mask but the end of the history. A row's additions run in one order
// whatever stands beside it: how candidates are grouped changes no bit, and a NaN spoils its own
// row only. Grid (tiles of the request with most rows, G, requests), block 128. Dynamic shared
// memory: as history_attention.
#include "attention.cuh"

// The rows of one request and key head: packed row p is head p % group of candidate p / group.
struct Packing {
  int count;
  int group;
  size_t firstCandidate;
  int queryHead;  // the first of the group
  int keyColumn;  // of the own key in a fused row
  int columns;

  __device__ __forceinline__ size_t candidate(int packed) const {
    return firstCandidate + packed / group;
  }

  // Where the query begins; null beyond the last packed row.
  __device__ __forceinline__ const bf16* query(const bf16* qkv, int packed, int headSize) const {
    const int head = queryHead + packed % group;
    return packed < count ? qkv + candidate(packed) * columns + head * headSize : nullptr;
  }
};

// A lane's candidate: its own key and value, null beyond the last packed row.
struct Own {
  const bf16* key = nullptr;
  const bf16* value = nullptr;
  bool seen = false;
};

__device__ __forceinline__ unsigned pairAt(const bf16* row, int column, int headSize) {
  const bool inside = row != nullptr && column < headSize;
  return inside ? *reinterpret_cast<const unsigned*>(row + column) : 0;
}

// Lets both row halves see their own key: weight and value become the initial sums.
template <int HEAD>
__device__ __forceinline__ void seeOwn(Sums<HEAD>& sums, const Queries<HEAD>& queries,
                                       const Own (&own)[2], int headSize, Cap cap) {
  const int column = threadIdx.x % 4 * 2;
  float dot[2] = {};
#pragma unroll
  for (int step = 0; step < HEAD / 16; step++) {
    unsigned a[4];
    queries.operand(a, step);
#pragma unroll
    for (int i = 0; i < 4; i++) {  // row half i % 2, eight columns further for i / 2
      const unsigned key = pairAt(own[i % 2].key, step * 16 + i / 2 * 8 + column, headSize);
      dot[i % 2] += widenFirst(a[i]) * widenFirst(key);
      dot[i % 2] += widenSecond(a[i]) * widenSecond(key);
    }
  }
#pragma unroll
  for (int half = 0; half < 2; half++) {
    dot[half] += __shfl_xor_sync(0xffffffffu, dot[half], 1);
    dot[half] += __shfl_xor_sync(0xffffffffu, dot[half], 2);
    if (!own[half].seen) {
      continue;
    }
    const float weight = cap.weight(dot[half]);
    sums.weights[half] =
        threadIdx.x % 4 == 0 ? weight : 0.0f;  // the four lanes are summed at the end
#pragma unroll
    for (int n = 0; n < HEAD / 8; n++) {
      const unsigned value = pairAt(own[half].value, n * 8 + column, headSize);
      sums.values[n][2 * half] = weight * widenFirst(value);
      sums.values[n][2 * half + 1] = weight * widenSecond(value);
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
    commitCopies();
  };
  loadTile<HEAD, QUERIES>(queryTile, headSize, qkv,
                          [&](int r) { return packing.query(qkv, first + r, headSize); });
  commitCopies();
  if (length > 0) {
    load(0);
  }
  awaitCopies();
  __syncthreads();
  Queries<HEAD> queries;
  queries.read(queryTile);
  Sums<HEAD> sums;
  const Cap cap(multiplier);
  const int warpRow = first + threadIdx.x / 32 * 16;
  Own own[2];
  bf16* to[2] = {};
#pragma unroll
  for (int half = 0; half < 2; half++) {
    const int packed = warpRow + threadIdx.x % 32 / 4 + 8 * half;
    if (packed < packing.count) {
      const size_t row = packing.candidate(packed);
      own[half].key = qkv + row * packing.columns + packing.keyColumn;
      own[half].value = own[half].key + keyHeads * headSize;
      own[half].seen = length == 0 || seesItself == nullptr || seesItself[row] != 0;
      to[half] = out + (row * queryHeads + packing.queryHead + packed % group) * headSize;
    }
  }
  seeOwn(sums, queries, own, headSize, cap);
  const int tiles = (length + KEYS - 1) / KEYS;
  for (int tile = 0; tile < tiles; tile++) {
    awaitCopies();
    __syncthreads();  // the tile has landed, and everyone is done with the other stage
    if (tile + 1 < tiles) {
      load(tile + 1);
    }
    const unsigned keys = shared + tile % 2 * STAGE;
    const int left = length - tile * KEYS;
    const int visible[2] = {left, left};
    if (warpRow < packing.count) {
      sums.template seeUpTo<KEYS>(queries, keys, keys + TILE, visible, left, left, cap);
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

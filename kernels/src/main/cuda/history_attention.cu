// Causal attention of history rows: row i of a segment attends to rows 0..i of the same segment, by
// loop bounds and one masked tile on the diagonal. Source: docs/model.md#4-transformer.
//
// out [rows, H*K] bfloat16; qkv [rows, (H+2G)*K] bfloat16, every row queries | keys | values,
// rotated; offsets [segments + 1]: segment s owns rows offsets[s] to offsets[s + 1], exclusive; H =
// queryHeads, G = keyHeads, K = headSize even and at most the number in the entry's name.
// kept [2, G, rows, K] bfloat16 or null: keys, then values, for candidate_attention; a request's
// rows of one head are contiguous. A NaN stays within its segment, but may reach up to 63 rows
// before its own (masked weight 0 * NaN).
// Grid (tiles of the longest segment, H, segments), block 128. Dynamic shared memory: two stages of
// keys and values, and at head size 256 the queries.
#include "attention.cuh"

struct Rows {
  const bf16* first;  // first row of the segment, at the head's column
  int stride;
  int count;

  __device__ __forceinline__ const bf16* at(int row) const {
    return row < count ? first + static_cast<size_t>(row) * stride : nullptr;
  }
};

// Copies the tile's rows from shared memory to the key/value cache.
template <int HEAD, int KEYS>
__device__ __forceinline__ void keep(bf16* to, unsigned tile, int rows, int headSize) {
  constexpr int PER_ROW = HEAD / 8;
  for (int i = threadIdx.x; i < KEYS * PER_ROW; i += THREADS) {
    const int row = i / PER_ROW;
    const int column = i % PER_ROW * 8;
    if (row >= rows || column >= headSize) {
      continue;
    }
    const uint4 chunk = loadShared16(chunkAddress<HEAD>(tile, row, column / 8));
    bf16* at = to + static_cast<size_t>(row) * headSize + column;
    if (headSize % 8 == 0) {
      *reinterpret_cast<uint4*>(at) = chunk;
    } else {
      const unsigned pairs[4] = {chunk.x, chunk.y, chunk.z, chunk.w};
#pragma unroll
      for (int p = 0; p < 4; p++) {
        if (column + 2 * p < headSize) {
          reinterpret_cast<unsigned*>(at)[p] = pairs[p];
        }
      }
    }
  }
}

template <int HEAD, int KEYS>
__device__ __forceinline__ void attend(bf16* out, bf16* kept, const bf16* qkv, const int* offsets,
                                       int rows, int queryHeads, int keyHeads, int headSize,
                                       float multiplier) {
  constexpr unsigned TILE = KEYS * HEAD * 2;
  constexpr unsigned STAGE = 2 * TILE;
  extern __shared__ __align__(128) unsigned char memory[];
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(memory));
  const int begin = offsets[blockIdx.z];
  const int length = offsets[blockIdx.z + 1] - begin;
  const int first = (gridDim.x - 1 - blockIdx.x) * QUERIES;  // the tile with most keys first
  if (first >= length) {
    return;
  }
  const int group = queryHeads / keyHeads;
  const int head = blockIdx.y;
  const int columns = (queryHeads + 2 * keyHeads) * headSize;
  const bf16* segment = qkv + static_cast<size_t>(begin) * columns;
  const Rows query = {segment + head * headSize, columns, length};
  const Rows key = {segment + (queryHeads + head / group) * headSize, columns, length};
  const Rows value = {key.first + keyHeads * headSize, columns, length};
  // The second stage holds the queries first: it is free until the first key tile is in use.
  const unsigned queryTile = shared + (HEAD <= 128 ? STAGE : 2 * STAGE);
  const auto load = [&](int tile) {
    const unsigned to = shared + tile % 2 * STAGE;
    loadTile<HEAD, KEYS>(to, headSize, qkv, [&](int r) { return key.at(tile * KEYS + r); });
    loadTile<HEAD, KEYS>(to + TILE, headSize, qkv,
                         [&](int r) { return value.at(tile * KEYS + r); });
    cpAsyncCommit();
  };
  loadTile<HEAD, QUERIES>(queryTile, headSize, qkv, [&](int r) { return query.at(first + r); });
  load(0);
  cpAsyncWaitAll();
  __syncthreads();
  Queries<HEAD> queries;
  queries.read(queryTile);
  AttentionAccumulator<HEAD> sums;
  const Cap cap(multiplier);
  const int warpRow = first + threadIdx.x / 32 * 16;
  const int row = warpRow + threadIdx.x % 32 / 4;
  const int tiles = (min(first + QUERIES, length) + KEYS - 1) / KEYS;
  for (int tile = 0; tile < tiles; tile++) {
    cpAsyncWaitAll();
    __syncthreads();  // this tile is complete, the other stage is free
    if (tile + 1 < tiles) {
      load(tile + 1);
    }
    const unsigned keys = shared + tile % 2 * STAGE;
    const int from = tile * KEYS;
    const int visible[2] = {row + 1 - from, row + 9 - from};
    const int least = warpRow + 1 - from;  // keys visible to the warp's first row
    const int most = warpRow < length ? least + 15 : 0;
    sums.template addVisible<KEYS>(queries, keys, keys + TILE, visible, least, most, cap);
    if (kept != nullptr && from >= first && head % group == 0) {
      const size_t part = static_cast<size_t>(keyHeads) * rows * headSize;
      bf16* to = kept + (static_cast<size_t>(head / group) * rows + begin + from) * headSize;
      keep<HEAD, KEYS>(to, keys, length - from, headSize);
      keep<HEAD, KEYS>(to + part, keys + TILE, length - from, headSize);
    }
  }
  bf16* to = out + (static_cast<size_t>(begin) + row) * queryHeads * headSize + head * headSize;
  bf16* const halves[2] = {row < length ? to : nullptr,
                           row + 8 < length ? to + 8 * queryHeads * headSize : nullptr};
  sums.write(halves, headSize);
}

#define HISTORY_ATTENTION(HEAD, KEYS, BLOCKS)                                                      \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) history_attention_##HEAD(          \
      bf16* __restrict__ out, bf16* __restrict__ kept, const bf16* __restrict__ qkv,               \
      const int* __restrict__ offsets, int rows, int queryHeads, int keyHeads, int headSize,       \
      float multiplier) {                                                                          \
    attend<HEAD, KEYS>(out, kept, qkv, offsets, rows, queryHeads, keyHeads, headSize, multiplier); \
  }

HISTORY_ATTENTION(32, 64, 4)
HISTORY_ATTENTION(64, 64, 3)
HISTORY_ATTENTION(128, 64, 2)
HISTORY_ATTENTION(256, 16, 1)

// Code shared by history_attention and candidate_attention: tiles in shared memory, and one step of
// attention over a tile of keys.
//
// The logit cap bounds every logit to +-30, so softmax needs no running maximum: weights are plain
// exponentials, their sums fit float32, and accumulators are never rescaled. Source:
// docs/model.md#4-transformer.
//
// A block has four warps and 64 query rows, 16 per warp. In shared memory, rows beyond the segment
// are zeros, and a head is padded with zero columns to 32, 64, 128 or 256.
#pragma once

#include "activation.cuh"
#include "tensor_core.cuh"

constexpr int QUERIES = 64;
constexpr int THREADS = 128;
constexpr float LOGIT_CAP = 30.0f;

// The cap as two factors: weight = 2^(cap log2e tanh(dot * multiplier / cap)).
struct Cap {
  float inner;

  __device__ __forceinline__ explicit Cap(float multiplier) : inner(multiplier / LOGIT_CAP) {}

  __device__ __forceinline__ float weight(float dot) const {
    return ex2Approx(LOGIT_CAP * LOG2_E * tanhApprox(dot * inner));
  }
};

// Shared-memory address of a 16-byte chunk of a row-major tile [rows, HEAD]. The chunks of a row
// are XOR-swizzled by the row index, so that the eight rows that ldmatrix reads hit different
// banks.
template <int HEAD>
__device__ __forceinline__ unsigned chunkAddress(unsigned tile, int row, int chunk) {
  constexpr int PER_ROW = HEAD / 8;
  const int permuted = PER_ROW >= 8 ? chunk ^ (row & 7) : chunk ^ ((row >> 1) & 3);
  return tile + (row * PER_ROW + permuted) * 16;
}

// Starts loading ROWS rows of headSize columns; rowAt(row) is null where there is no row, which is
// filled with zeros. validAddress: any readable address, for copies of zero bytes.
template <int HEAD, int ROWS, class RowAt>
__device__ __forceinline__ void loadTile(unsigned tile, int headSize, const bf16* validAddress,
                                         RowAt rowAt) {
  constexpr int PER_ROW = HEAD / 8;
  if (headSize % 8 == 0) {
#pragma unroll
    for (int i = 0; i < ROWS * PER_ROW / THREADS; i++) {
      const int chunk = i * THREADS + threadIdx.x;
      const int row = chunk / PER_ROW;
      const int column = chunk % PER_ROW * 8;
      const bf16* from = rowAt(row);
      const bool present = from != nullptr && column < headSize;
      cpAsync16(chunkAddress<HEAD>(tile, row, column / 8), present ? from + column : validAddress,
                present);
    }
    return;
  }
  // Rows are not aligned to 16 bytes. No known model has such heads, so this path is not optimised.
#pragma unroll 1
  for (int chunk = threadIdx.x; chunk < ROWS * PER_ROW; chunk += THREADS) {
    const int row = chunk / PER_ROW;
    const int column = chunk % PER_ROW * 8;
    const bf16* from = rowAt(row);
    unsigned pairs[4];
#pragma unroll
    for (int p = 0; p < 4; p++) {
      const bool inside = from != nullptr && column + 2 * p < headSize;
      pairs[p] = inside ? *reinterpret_cast<const unsigned*>(from + column + 2 * p) : 0;
    }
    storeShared16(chunkAddress<HEAD>(tile, row, column / 8),
                  make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]));
  }
}

// The 16 query rows of a warp as mma operands A. Up to head size 128 they stay in registers; at 256
// the accumulators need the registers, so every use reloads them from shared memory.
template <int HEAD>
struct Queries {
  static constexpr bool IN_REGISTERS = HEAD <= 128;
  unsigned kept[IN_REGISTERS ? HEAD / 16 : 1][4];
  unsigned tile;

  __device__ __forceinline__ void load(unsigned (&a)[4], int step) const {
    const int lane = threadIdx.x % 32;
    const int row = threadIdx.x / 32 * 16 + lane % 16;
    ldmatrixX4(a, chunkAddress<HEAD>(tile, row, 2 * step + lane / 16));
  }

  __device__ __forceinline__ void read(unsigned from) {
    tile = from;
    if constexpr (IN_REGISTERS) {
#pragma unroll
      for (int step = 0; step < HEAD / 16; step++) {
        load(kept[step], step);
      }
    }
  }

  __device__ __forceinline__ void operand(unsigned (&a)[4], int step) const {
    if constexpr (IN_REGISTERS) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        a[i] = kept[step][i];
      }
    } else {
      load(a, step);
    }
  }
};

// Softmax numerators (weighted values) and denominators (weights) of a lane's two rows: row half 0
// is row lane / 4 of the warp, row half 1 is row lane / 4 + 8.
template <int HEAD>
struct AttentionAccumulator {
  float values[HEAD / 8][4] = {};
  float weights[2] = {};

  // Adds a tile of KEYS keys and values. With EDGE, row half h attends only to the first visible[h]
  // keys.
  template <int KEYS, bool EDGE>
  __device__ __forceinline__ void add(const Queries<HEAD>& queries, unsigned keys, unsigned tile,
                                      const int (&visible)[2], Cap cap) {
    const int lane = threadIdx.x % 32;
    float weight[KEYS / 8][4] = {};
#pragma unroll
    for (int step = 0; step < HEAD / 16; step++) {
      unsigned a[4];
      queries.operand(a, step);
#pragma unroll
      for (int n = 0; n < KEYS / 16; n++) {
        unsigned b[4];
        const int row = n * 16 + lane % 8 + lane / 16 * 8;
        ldmatrixX4(b, chunkAddress<HEAD>(keys, row, 2 * step + lane / 8 % 2));
        mmaM16N8K16(weight[2 * n], a, b[0], b[1]);
        mmaM16N8K16(weight[2 * n + 1], a, b[2], b[3]);
      }
    }
#pragma unroll
    for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        weight[n][i] = cap.weight(weight[n][i]);
      }
    }
    if constexpr (EDGE) {
#pragma unroll
      for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          weight[n][i] = n * 8 + lane % 4 * 2 + i % 2 < visible[i / 2] ? weight[n][i] : 0.0f;
        }
      }
    }
#pragma unroll
    for (int n = 0; n < KEYS / 16; n++) {
      weights[0] +=
          (weight[2 * n][0] + weight[2 * n][1]) + (weight[2 * n + 1][0] + weight[2 * n + 1][1]);
      weights[1] +=
          (weight[2 * n][2] + weight[2 * n][3]) + (weight[2 * n + 1][2] + weight[2 * n + 1][3]);
      const unsigned a[4] = {toBf16x2(weight[2 * n][0], weight[2 * n][1]),
                             toBf16x2(weight[2 * n][2], weight[2 * n][3]),
                             toBf16x2(weight[2 * n + 1][0], weight[2 * n + 1][1]),
                             toBf16x2(weight[2 * n + 1][2], weight[2 * n + 1][3])};
#pragma unroll
      for (int d = 0; d < HEAD / 16; d++) {
        unsigned b[4];
        ldmatrixX4Trans(b, chunkAddress<HEAD>(tile, n * 16 + lane % 16, 2 * d + lane / 16));
        mmaM16N8K16(values[2 * d], a, b[0], b[1]);
        mmaM16N8K16(values[2 * d + 1], a, b[2], b[3]);
      }
    }
  }

  // Adds the visible part of a tile of KEYS keys: all of it if every row of the warp attends to all
  // keys, otherwise in steps of 16 keys up to the last key that any row attends to. Row half h
  // attends to the first visible[h] keys; every row of the warp to at least `least` and at most
  // `most`.
  template <int KEYS>
  __device__ __forceinline__ void addVisible(const Queries<HEAD>& queries, unsigned keys,
                                             unsigned tile, const int (&visible)[2], int least,
                                             int most, Cap cap) {
    constexpr int STEP = 16;
    if (least >= KEYS) {
      add<KEYS, false>(queries, keys, tile, visible, cap);
      return;
    }
#pragma unroll 1
    for (int from = 0; from < min(most, KEYS); from += STEP) {
      const int left[2] = {visible[0] - from, visible[1] - from};
      add<STEP, true>(queries, keys + from * HEAD * 2, tile + from * HEAD * 2, left, cap);
    }
  }

  // Writes the normalised row half h to to[h] unless that is null.
  __device__ __forceinline__ void write(bf16* const (&to)[2], int headSize) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      float total = weights[half];
      total += __shfl_xor_sync(0xffffffffu, total, 1);
      total += __shfl_xor_sync(0xffffffffu, total, 2);
      const float inverse = total == 0.0f ? 0.0f : 1.0f / total;  // NaN propagates
#pragma unroll
      for (int n = 0; n < HEAD / 8; n++) {
        const int column = n * 8 + threadIdx.x % 4 * 2;
        if (to[half] != nullptr && column < headSize) {
          *reinterpret_cast<unsigned*>(to[half] + column) =
              toBf16x2(values[n][2 * half] * inverse, values[n][2 * half + 1] * inverse);
        }
      }
    }
  }
};

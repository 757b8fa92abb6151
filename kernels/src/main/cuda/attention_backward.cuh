// Code shared by history_attention_backward and candidate_attention_backward. The attention weights
// are recomputed tile by tile and never stored. Source: docs/model.md#4-transformer and
// #9-training.
//
// With weights p = w / sum w, w = e^(30 t), t = tanh(s / 30), s = multiplier q . k, and g the
// gradient of the output, the gradient of q . k is p (g . v - mean) (1 - t^2) multiplier, where the
// mean is sum p g . v. The logit cap bounds every w, so a row needs only its two sums and no
// running maximum.
//
// The H/G query heads of a key head are packed: packed row p is head p % group of row p / group. A
// block has four warps and 64 rows, 16 per warp: packed queries in the pass over queries, keys in
// the pass over keys. One thread computes each sum in a fixed order, so results are bitwise
// reproducible.
#pragma once

#include "attention.cuh"

constexpr int KEYS = 64;

// Packed rows of one segment and key head: queries, or gradients of the output.
struct PackedRows {
  const bf16* first;  // row 0, first head of the group
  int stride;
  int group;
  int headSize;
  int count;

  __device__ __forceinline__ const bf16* at(int packed) const {
    return packed < count ? first + static_cast<size_t>(packed / group) * stride +
                                packed % group * headSize
                          : nullptr;
  }
};

// Keys or values of one segment and key head.
struct KeyRows {
  const bf16* first;
  int stride;
  int count;

  __device__ __forceinline__ const bf16* at(int row) const {
    return row < count ? first + static_cast<size_t>(row) * stride : nullptr;
  }
};

// A weight and the derivative of its capped logit by the dot product.
struct WeightAndSlope {
  float weight;
  float slope;
};

struct CapGradient {
  float inner;
  float multiplier;

  __device__ __forceinline__ explicit CapGradient(float m)
      : inner(m / LOGIT_CAP), multiplier(m) {}

  __device__ __forceinline__ WeightAndSlope at(float dot) const {
    const float t = tanhApprox(dot * inner);
    return {ex2Approx(LOGIT_CAP * LOG2_E * t), (1.0f - t * t) * multiplier};
  }
};

// The 16 rows of a warp as mma operand A, kept in registers or loaded from shared memory at every
// use.
template <int HEAD, bool IN_REGISTERS>
struct Operand {
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

  __device__ __forceinline__ void get(unsigned (&a)[4], int step) const {
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

// Products of the warp's 16 rows with 16 rows of a tile that begin at `row`: [16, 16].
template <int HEAD, bool IN_REGISTERS>
__device__ __forceinline__ void dots(float (&out)[2][4], const Operand<HEAD, IN_REGISTERS>& left,
                                     unsigned tile, int row) {
  const int lane = threadIdx.x % 32;
  // Fully unrolled, the addresses of both operands would spill registers.
#pragma unroll(IN_REGISTERS ? HEAD / 16 : 4)
  for (int step = 0; step < HEAD / 16; step++) {
    unsigned a[4];
    unsigned b[4];
    left.get(a, step);
    const int right = row + lane % 8 + lane / 16 * 8;
    ldmatrixX4(b, chunkAddress<HEAD>(tile, right, 2 * step + lane / 8 % 2));
    mmaM16N8K16(out[0], a, b[0], b[1]);
    mmaM16N8K16(out[1], a, b[2], b[3]);
  }
}

// sums [16, HEAD] += weights [16, 16] times 16 rows of a tile that begin at `row`.
template <int HEAD>
__device__ __forceinline__ void accumulate(float (&sums)[HEAD / 8][4],
                                           const float (&weights)[2][4], unsigned tile, int row) {
  const int lane = threadIdx.x % 32;
  const unsigned a[4] = {
      toBf16x2(weights[0][0], weights[0][1]), toBf16x2(weights[0][2], weights[0][3]),
      toBf16x2(weights[1][0], weights[1][1]), toBf16x2(weights[1][2], weights[1][3])};
#pragma unroll
  for (int d = 0; d < HEAD / 16; d++) {
    unsigned b[4];
    ldmatrixX4Trans(b, chunkAddress<HEAD>(tile, row + lane % 16, 2 * d + lane / 16));
    mmaM16N8K16(sums[2 * d], a, b[0], b[1]);
    mmaM16N8K16(sums[2 * d + 1], a, b[2], b[3]);
  }
}

// The sum over the four lanes that share a row.
__device__ __forceinline__ float rowTotal(float value) {
  value += __shfl_xor_sync(0xffffffffu, value, 1);
  return value + __shfl_xor_sync(0xffffffffu, value, 2);
}

// Adds row half h of the warp's sums to to[h] unless that is null.
template <int HEAD>
__device__ __forceinline__ void addRows(const float (&sums)[HEAD / 8][4], float* const (&to)[2],
                                        int headSize) {
#pragma unroll
  for (int half = 0; half < 2; half++) {
#pragma unroll
    for (int n = 0; n < HEAD / 8; n++) {
      const int column = n * 8 + threadIdx.x % 4 * 2;
      if (to[half] != nullptr && column < headSize) {
        float2* at = reinterpret_cast<float2*>(to[half] + column);
        const float2 before = *at;
        *at = make_float2(before.x + sums[n][2 * half], before.y + sums[n][2 * half + 1]);
      }
    }
  }
}

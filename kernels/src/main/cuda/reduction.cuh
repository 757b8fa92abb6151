// Sums over a warp and over the threads of one row. Every thread gets the sum. The order of the
// additions is fixed, so results are bitwise reproducible.
#pragma once

constexpr int WARP = 32;
constexpr int MAX_WARPS = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ __forceinline__ float warpSum(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

// Sums over the threads of a row. The block is (threads per row, rows): either one warp per row and
// several rows, or all warps on one row. Only the latter needs shared memory and barriers.
__device__ __forceinline__ float rowSum(float value) {
  __shared__ float partial[MAX_WARPS];
  value = warpSum(value);
  if (blockDim.x == WARP) {
    return value;
  }
  __syncthreads();  // an earlier sum may still be read
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < blockDim.x / WARP; warp++) {
    sum += partial[warp];
  }
  return sum;
}

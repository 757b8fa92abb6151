// One row of a norm's gradient. Source: docs/model.md#4-transformer and #9-training.
//
// With r = 1 / rms(x) and u = gradOut * scale: gradX = r u - r^3 x mean(u x); the scale's gradient
// is the sum over rows of gradOut x r. A thread has the columns threadIdx.x + i * blockDim.x for i
// below PER_THREAD, so that loads are coalesced for any number of columns.
#pragma once

#include "bf16.cuh"
#include "reduction.cuh"

constexpr float EPSILON = 1e-5f;
constexpr int BLOCK_THREADS = 256;

// Two sums over the threads of a row, as rowSum.
__device__ __forceinline__ float2 rowSums(float2 value) {
  __shared__ float2 partial[BLOCK_THREADS / WARP];
  value.x = warpSum(value.x);
  value.y = warpSum(value.y);
  if (blockDim.x == WARP) {
    return value;
  }
  __syncthreads();  // earlier sums may still be read
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  float2 sum = make_float2(0, 0);
  for (int warp = 0; warp < blockDim.x / WARP; warp++) {
    sum.x += partial[warp].x;
    sum.y += partial[warp].y;
  }
  return sum;
}

// The thread's columns of one row of x, and its partial sums of the scale's gradient.
template <int PER_THREAD>
struct NormRow {
  float scaleGradient[PER_THREAD] = {};
  float x[PER_THREAD];

  template <typename T>
  __device__ __forceinline__ void load(const T* row, int columns) {
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      x[i] = at < columns ? toFloat(row[at]) : 0.0f;
    }
  }

  // Replaces the row's gradOut by its gradX; every thread of the row calls it.
  __device__ __forceinline__ void backward(float (&grad)[PER_THREAD], const float* scale,
                                           int columns) {
    float2 sums = make_float2(0, 0);
    float scales[PER_THREAD];
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      scales[i] = at < columns ? scale[at] : 0.0f;
      sums.x += x[i] * x[i];
      sums.y += grad[i] * scales[i] * x[i];
    }
    sums = rowSums(sums);
    const float inverse = 1.0f / sqrtf(sums.x / columns + EPSILON);
    const float along = inverse * inverse * (sums.y / columns);
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const float normalised = x[i] * inverse;
      scaleGradient[i] += grad[i] * normalised;
      grad[i] = inverse * (grad[i] * scales[i] - x[i] * along);
    }
  }

  // Writes the block's sum of the scale's gradient to out [columns]. The warps add their rows one
  // after the other, so that the order is fixed.
  __device__ __forceinline__ void write(float* out, int columns) {
    __shared__ float sum[WARP * PER_THREAD];
    if (blockDim.y == 1) {
#pragma unroll
      for (int i = 0; i < PER_THREAD; i++) {
        const int at = i * blockDim.x + threadIdx.x;
        if (at < columns) {
          out[at] = scaleGradient[i];
        }
      }
      return;
    }
    for (int turn = 0; turn < blockDim.y; turn++) {
      if (threadIdx.y == turn) {
#pragma unroll
        for (int i = 0; i < PER_THREAD; i++) {
          const int at = i * WARP + threadIdx.x;
          sum[at] = scaleGradient[i] + (turn == 0 ? 0.0f : sum[at]);
        }
      }
      __syncthreads();
    }
    for (int at = threadIdx.y * WARP + threadIdx.x; at < columns; at += BLOCK_THREADS) {
      out[at] = sum[at];
    }
  }
};

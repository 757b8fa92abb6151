// The mean of a segment's rows; zero for an empty segment. Source: docs/model.md#6-retrieval.
//
// out [segments, columns] float32, x [rows, columns] bfloat16 or float32, offsets [segments + 1]:
// segment s owns rows offsets[s] to offsets[s + 1], exclusive.
// Block (32 columns, 8 row groups); grid (column tiles, segments).
#include "bf16.cuh"

constexpr int COLUMNS = 32;
constexpr int GROUPS = 8;

template <typename T>
__device__ __forceinline__ void pool(float* out, const T* x, const int* offsets, int columns) {
  __shared__ float partial[GROUPS][COLUMNS];
  const int segment = blockIdx.y;
  const int column = blockIdx.x * COLUMNS + threadIdx.x;
  const int begin = offsets[segment];
  const int end = offsets[segment + 1];
  float sum = 0;
  if (column < columns) {
#pragma unroll 4
    for (int row = begin + threadIdx.y; row < end; row += GROUPS) {
      sum += toFloat(x[static_cast<size_t>(row) * columns + column]);
    }
  }
  partial[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y == 0 && column < columns) {
    for (int group = 1; group < GROUPS; group++) {
      sum += partial[group][threadIdx.x];
    }
    const int count = end - begin > 1 ? end - begin : 1;
    out[static_cast<size_t>(segment) * columns + column] = sum / count;
  }
}

extern "C" __global__ void __launch_bounds__(256)
    mean_pool_bf16(float* out, const bf16* x, const int* offsets, int columns) {
  pool(out, x, offsets, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    mean_pool_f32(float* out, const float* x, const int* offsets, int columns) {
  pool(out, x, offsets, columns);
}

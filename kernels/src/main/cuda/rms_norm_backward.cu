// Gradients of rms_norm. Source: docs/model.md#4-transformer and #9-training.
//
// gradX [rows, columns] float32, added to; partials [parts, columns] float32: sums of the scale's
// gradient over a part's rows, which column_sum sums; gradOut, x [rows, columns] float32; scale
// [columns] float32; used [1] int32: how many rows there are; columns at most 32 times the number
// in the entry's name, or 256 times with one row per block. Part p has the rows p * rowsPerPart to
// (p + 1) * rowsPerPart, exclusive.
// Block (threads of a row, rows); grid (parts).
#include "rms_norm_backward.cuh"

template <int PER_THREAD>
__device__ __forceinline__ void backward(float* gradX, float* partials, const float* gradOut,
                                         const float* x, const float* scale, const int* used,
                                         int columns,
                                         int rowsPerPart) {
  NormRow<PER_THREAD> row;
  const int first = blockIdx.x * rowsPerPart;
  const int end = min(first + rowsPerPart, used[0]);
  for (int r = first + threadIdx.y; r < end; r += blockDim.y) {
    const size_t start = static_cast<size_t>(r) * columns;
    row.load(x + start, columns);
    float grad[PER_THREAD];
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      grad[i] = at < columns ? gradOut[start + at] : 0.0f;
    }
    row.backward(grad, scale, columns);
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      if (at < columns) {
        gradX[start + at] += grad[i];
      }
    }
  }
  row.write(partials + static_cast<size_t>(blockIdx.x) * columns, columns);
}

#define RMS_NORM_BACKWARD(PER_THREAD) \
  extern "C" __global__ void __launch_bounds__(BLOCK_THREADS) \
      rms_norm_backward_##PER_THREAD( \
          float* __restrict__ gradX, float* __restrict__ partials, \
          const float* __restrict__ gradOut, const float* __restrict__ x, \
          const float* __restrict__ scale, const int* __restrict__ used, \
           int columns, int rowsPerPart) { \
    backward<PER_THREAD>(gradX, partials, gradOut, x, scale, used, columns, rowsPerPart); \
  }

RMS_NORM_BACKWARD(4)
RMS_NORM_BACKWARD(16)

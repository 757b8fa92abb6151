// out[targets[i]] = x[i]: puts user and history tokens, which come from two products, into the
// ragged rows of their sequences.
//
// out [targetRows, columns] bfloat16, x [rows, columns] bfloat16, targets [rows] int32, all
// different (two rows for one target: either may win). A row whose target is outside out is
// skipped: invalid users and padding have target -1. scatter_rows: columns a multiple of 8, 16-byte
// aligned. scatter_rows_any: any number of columns. Block (threads of a row, rows).
#include "bf16.cuh"

template <typename T>
__device__ __forceinline__ void scatter(T* out, const T* x, const int* targets, int rows,
                                        int columns, int targetRows) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const int target = targets[row];
  if (target < 0 || target >= targetRows) {
    return;
  }
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    out[static_cast<size_t>(target) * columns + at] = x[static_cast<size_t>(row) * columns + at];
  }
}

extern "C" __global__ void __launch_bounds__(256)
    scatter_rows(uint4* __restrict__ out, const uint4* __restrict__ x,
                 const int* __restrict__ targets, int rows, int columns, int targetRows) {
  scatter(out, x, targets, rows, columns / 8, targetRows);
}

extern "C" __global__ void __launch_bounds__(256)
    scatter_rows_any(bf16* __restrict__ out, const bf16* __restrict__ x,
                     const int* __restrict__ targets, int rows, int columns, int targetRows) {
  scatter(out, x, targets, rows, columns, targetRows);
}

// Zeros the rows behind the used ones, so that a matrix product that sums over rows may run over
// the whole buffer.
//
// x [rows, columns] float32 or bfloat16 (the entry names it), in place; used [1] int32: how many
// rows keep their values. Rows before `first` are not touched. Block (threads of a row, rows).
#include "bf16.cuh"

template <typename T>
__device__ __forceinline__ void clear(T* x, const int* used, int first, int rows, int columns) {
  const int row = first + blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows || row < used[0]) {
    return;
  }
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    store(x + static_cast<size_t>(row) * columns + at, 0.0f);
  }
}

extern "C" __global__ void __launch_bounds__(256)
    clear_tail_f32(float* __restrict__ x, const int* __restrict__ used, int first, int rows,
                   int columns) {
  clear(x, used, first, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    clear_tail_bf16(bf16* __restrict__ x, const int* __restrict__ used, int first, int rows,
                    int columns) {
  clear(x, used, first, rows, columns);
}

// Copies keys and values to the cache of candidate_attention, where no history_attention runs that
// would do so: in the last layer only keys and values are computed.
//
// kept [2, G, rows, K] bfloat16: keys, then values, the rows of one head contiguous; x [rows,
// columns] bfloat16, of which columns firstColumn to firstColumn + 2 G K hold keys | values. WIDTH
// elements at a time: keep_key_values: headSize, columns and firstColumn multiples of 8, 16-byte
// aligned. keep_key_values_any: any. Grid (work of a row, rows).
#include "bf16.cuh"

template <typename T>
__device__ __forceinline__ void keep(T* kept, const T* x, int rows, int columns, int firstColumn,
                                     int keyHeads, int headSize) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || at >= 2 * keyHeads * headSize) {
    return;
  }
  const int head = at / headSize;  // 0 to 2 G: heads of keys, then heads of values
  const size_t to = (static_cast<size_t>(head) * rows + row) * headSize + at % headSize;
  kept[to] = x[static_cast<size_t>(row) * columns + firstColumn + at];
}

extern "C" __global__ void __launch_bounds__(256)
    keep_key_values(uint4* __restrict__ kept, const uint4* __restrict__ x, int rows, int columns,
                    int firstColumn, int keyHeads, int headSize) {
  keep(kept, x, rows, columns / 8, firstColumn / 8, keyHeads, headSize / 8);
}

extern "C" __global__ void __launch_bounds__(256)
    keep_key_values_any(bf16* __restrict__ kept, const bf16* __restrict__ x, int rows, int columns,
                        int firstColumn, int keyHeads, int headSize) {
  keep(kept, x, rows, columns, firstColumn, keyHeads, headSize);
}

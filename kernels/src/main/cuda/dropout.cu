// x = x / (1 - rate), or 0 where an element is dropped; the backward pass drops the same elements.
// Source:
// Srivastava et al., JMLR 15 (2014).
//
// x [rows, columns] float32 or bfloat16 (the entry names it), in place; an element is dropped where
// the upper 31 bits of a hash of the seed, its row and its column lie below limit; keep: 1 / (1 -
// rate); firstRow: index in the batch of row 0. The hash is the finaliser of SplitMix64: Steele,
// Lea and Flood, OOPSLA 2014. Block (threads of a row, rows).
#include "bf16.cuh"

__device__ __forceinline__ long long mix(unsigned long long x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

template <typename T>
__device__ __forceinline__ void drop(T* x, long long seed, int limit, float keep, int firstRow,
                                     int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const unsigned long long of = mix(seed + 0x9E3779B97F4A7C15ull * (firstRow + row + 1LL));
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const unsigned long long hash = mix(of + at);
    const bool dropped = static_cast<int>(hash >> 33) < limit;
    T* element = x + static_cast<size_t>(row) * columns + at;
    store(element, dropped ? 0.0f : toFloat(*element) * keep);
  }
}

extern "C" __global__ void __launch_bounds__(256)
    dropout_f32(float* __restrict__ x, long long seed, int limit, float keep, int firstRow,
                int rows, int columns) {
  drop(x, seed, limit, keep, firstRow, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    dropout_bf16(bf16* __restrict__ x, long long seed, int limit, float keep, int firstRow,
                 int rows, int columns) {
  drop(x, seed, limit, keep, firstRow, rows, columns);
}

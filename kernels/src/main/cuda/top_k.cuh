// 64-bit sort keys of scored corpus entries, and a bitonic sort of them in shared memory.
//
// A key is (order-preserving bits of the score, ~index): a larger key is a better entry; of equal
// scores the lower index is better. Keys of a corpus are distinct, so the best K and their order do
// not depend on the order of execution. +0 and -0 tie. NaN orders below every number, -infinity
// included. The key 0 means no entry.
#pragma once

typedef unsigned long long Key;

constexpr Key NO_ENTRY = 0;

__device__ __forceinline__ Key keyOf(float score, unsigned index) {
  const unsigned bits = __float_as_uint(score + 0.0f);  // -0 becomes +0
  const unsigned order = score != score ? 0 : bits >> 31 ? ~bits : bits | 0x80000000u;
  return static_cast<Key>(order) << 32 | ~index;
}

__device__ __forceinline__ int indexOf(Key key) {
  return key == NO_ENTRY ? -1 : static_cast<int>(~static_cast<unsigned>(key));
}

__device__ __forceinline__ float scoreOf(Key key) {
  const unsigned order = static_cast<unsigned>(key >> 32);
  const unsigned bits = order >> 31 ? order & 0x7fffffffu : ~order;
  const unsigned minusInfinity = 0xff800000u;
  return __uint_as_float(key == NO_ENTRY ? minusInfinity : order == 0 ? 0x7fffffffu : bits);
}

// The smallest power of two >= count.
__device__ __forceinline__ int powerOfTwo(int count) {
  return count <= 1 ? 1 : 1 << (32 - __clz(count - 1));
}

// Sorts size (a power of two) keys in shared memory, best first, by all threads of the block, with
// Batcher's bitonic network. Begins and ends with a barrier.
__device__ __forceinline__ void sortBestFirst(Key* keys, int size) {
  for (int run = 2; run <= size; run *= 2) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      __syncthreads();
      for (int i = threadIdx.x; i < size / 2; i += blockDim.x) {
        const int low = 2 * (i & ~(distance - 1)) + (i & (distance - 1));
        const int high = low + distance;
        const Key a = keys[low];
        const Key b = keys[high];
        const bool descending = (low & run) == 0;
        if (descending ? a < b : a > b) {
          keys[low] = b;
          keys[high] = a;
        }
      }
    }
  }
  __syncthreads();
}

// Copies cached keys and values of histories from several caches into one batch for
// candidate_attention, all layers in one launch.
//
// histories [count]: one history in one layer each, of kept [2, G, rows, K] bfloat16, keys, then
// values, the rows of one head together; the histories of one launch write different rows and read
// none of the written ones. A history of no rows is skipped. headSize is K in vectors, headBytes /
// sizeof(T):
// gather_key_values: of 16 bytes, to which every head of every history is aligned.
// gather_key_values_any: of 4 bytes. Grid (histories, pieces of the longest one's heads, 2 G).

// 32 bytes. The rows of a head are contiguous, so a head of a history is one contiguous range.
struct __align__(16) History {
  void* to;  // first row of the history in the first head
  const void* from;
  int toRows;  // rows from one head to the next
  int fromRows;
  int rows;
  int unused;
};

constexpr int THREADS = 256;
constexpr int PER_THREAD = 4;

template <typename T>
__device__ __forceinline__ void gather(const History* histories, int headSize) {
  const History history = histories[blockIdx.x];
  const int first = blockIdx.y * (THREADS * PER_THREAD) + threadIdx.x;
  const int left = history.rows * headSize - first;
  if (left <= 0) {
    return;
  }
  const size_t head = static_cast<size_t>(blockIdx.z) * headSize;
  const T* from = static_cast<const T*>(history.from) + head * history.fromRows + first;
  T* to = static_cast<T*>(history.to) + head * history.toRows + first;
  __builtin_assume(__isGlobal(to));  // loaded from memory, so nvcc would emit generic stores
  // Issue every load before the first store waits for one.
  T value[PER_THREAD];
#pragma unroll
  for (int i = 0; i < PER_THREAD; i++) {
    if (i * THREADS < left) {
      value[i] = __ldg(from + i * THREADS);
    }
  }
#pragma unroll
  for (int i = 0; i < PER_THREAD; i++) {
    if (i * THREADS < left) {
      to[i * THREADS] = value[i];
    }
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    gather_key_values(const History* __restrict__ histories, int headSize) {
  gather<uint4>(histories, headSize);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    gather_key_values_any(const History* __restrict__ histories, int headSize) {
  gather<unsigned>(histories, headSize);
}

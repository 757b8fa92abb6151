// Merges the lists that top_k_scan found for a user into its K best. Source:
// docs/model.md#6-retrieval.
//
// indices [users, k] int32 and scores [users, k] float32, best first, ties by lower index; after
// the last entry -1 and -infinity. candidates [users, slices, listCapacity] 64-bit keys, counts
// [users, slices]: the first counts[u, s] keys of a list are entries, in any order. Grid (users),
// block 1024. Dynamic shared memory: `capacity` keys; a power of two, at least k + 1024.
#include "top_k.cuh"

constexpr int THREADS = 1024;

extern "C" __global__ void __launch_bounds__(THREADS)
    top_k_merge(int* __restrict__ indices, float* __restrict__ scores,
                const Key* __restrict__ candidates, const int* __restrict__ counts, int slices,
                int listCapacity, int k, int capacity) {
  extern __shared__ __align__(16) Key room[];
  __shared__ int count;
  __shared__ int longest;
  if (threadIdx.x == 0) {
    count = 0;
    longest = 0;
  }
  __syncthreads();
  const size_t user = blockIdx.x;
  for (int s = threadIdx.x; s < slices; s += THREADS) {
    atomicMax(&longest, counts[user * slices + s]);
  }
  __syncthreads();
  Key threshold = NO_ENTRY;
  const int total = slices * longest;
  for (int base = 0; base < total; base += THREADS) {
    const int i = base + threadIdx.x;
    const int slice = i / longest;
    const int at = i % longest;
    if (slice < slices && at < counts[user * slices + slice]) {
      const Key key = candidates[(user * slices + slice) * listCapacity + at];
      if (key > threshold) {
        room[atomicAdd(&count, 1)] = key;
      }
    }
    __syncthreads();
    const int found = count;
    if (found + THREADS > capacity || base + THREADS >= total) {
      const int size = powerOfTwo(found);
      for (int j = found + threadIdx.x; j < size; j += THREADS) {
        room[j] = NO_ENTRY;
      }
      sortBestFirst(room, size);
      if (found >= k) {
        threshold = room[k - 1];
      }
      if (threadIdx.x == 0) {
        count = min(found, k);
      }
    }
    __syncthreads();  // all threads have read the count before it grows again
  }
  for (int i = threadIdx.x; i < k; i += THREADS) {
    const Key key = i < count ? room[i] : NO_ENTRY;
    indices[user * k + i] = indexOf(key);
    scores[user * k + i] = scoreOf(key);
  }
}

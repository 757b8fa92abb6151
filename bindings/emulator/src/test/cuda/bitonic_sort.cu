// Sorts 512 64-bit keys in shared memory.
extern "C" __global__ void bitonic_sort(unsigned long long* keys) {
  __shared__ unsigned long long tile[512];
  int i = threadIdx.x;
  tile[i] = keys[i];
  __syncthreads();
  for (int size = 2; size <= 512; size <<= 1) {
    for (int stride = size >> 1; stride > 0; stride >>= 1) {
      int other = i ^ stride;
      if (other > i) {
        unsigned long long a = tile[i];
        unsigned long long b = tile[other];
        if (((i & size) == 0) == (a > b)) {
          tile[i] = b;
          tile[other] = a;
        }
      }
      __syncthreads();
    }
  }
  keys[i] = tile[i];
}

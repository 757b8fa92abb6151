// Generates rows of a corpus on the device, so that 21 GB need not be copied and any host can
// compute the same rows. dev.phoenix.bench.gpu.HashedValues is the same function in Java.
//
// An element is an odd number between -255 and 255 times a power of two: eight significant bits,
// exact in bfloat16, and products of two such rows are whole multiples of the power's square.

__device__ unsigned mixed(unsigned long long index, unsigned seed) {
  unsigned x = static_cast<unsigned>(index) * 0x9E3779B9u +
               static_cast<unsigned>(index >> 32) * 0x85EBCA6Bu + seed;
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  x ^= x >> 16;
  return x;
}

__device__ unsigned element(unsigned long long index, unsigned seed, float unit) {
  const int odd = 2 * static_cast<int>(mixed(index, seed) >> 24) - 255;
  return __float_as_uint(static_cast<float>(odd) * unit) >> 16;
}

// out[i] for count elements from index `first` on, two per thread; count is even.
extern "C" __global__ void hashed_rows(unsigned* out, unsigned long long first,
                                       unsigned long long count, unsigned seed, float unit) {
  const unsigned long long pair = blockIdx.x * static_cast<unsigned long long>(blockDim.x) +
                                  threadIdx.x;
  if (2 * pair < count) {
    const unsigned long long index = first + 2 * pair;
    out[pair] = element(index, seed, unit) | element(index + 1, seed, unit) << 16;
  }
}

// An empty kernel, to time launches.
extern "C" __global__ void nothing(float* out) {}

// Collatz lengths: loops of different length, a switch, an early return, a function that is not
// inlined.
__device__ __noinline__ int step(long long& value) {
  value = value % 2 == 0 ? value / 2 : 3 * value + 1;
  return 1;
}

extern "C" __global__ void divergence(int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) {
    return;
  }
  long long value = i + 1;
  int length = 0;
  while (value != 1) {
    length += step(value);
    if (length > 200) {
      out[i] = -1;
      return;
    }
  }
  switch (i % 7) {
    case 0: length += 1000; break;
    case 1: length *= 3; break;
    case 2: length ^= 5; break;
    case 3: length = length / 3; break;
    case 4: length = -length; break;
    case 5: length <<= 2; break;
    default: break;
  }
  out[i] = length;
}

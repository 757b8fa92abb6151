// printf from kernels: every second thread prints.
#include <cstdio>

extern "C" __global__ void report(const float* values) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i % 2 == 0) {
    printf("%d of %s: %6.2f|%-5u|%+lld|%c|%5.1e|%g|%#x|%%\n", i, "values", values[i], 7u, 1LL << 40,
           'x', values[i] * 1000.0, values[i] / 4.0, 255);
  }
}

extern "C" __global__ void wrong() { printf("%k\n", 1); }

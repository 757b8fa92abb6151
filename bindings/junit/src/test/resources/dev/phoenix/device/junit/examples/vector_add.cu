// sum[i] = a[i] + b[i]: one thread per element.
extern "C" __global__ void vector_add(float* sum, const float* a, const float* b, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {  // the last block has more threads than elements are left
    sum[i] = a[i] + b[i];
  }
}

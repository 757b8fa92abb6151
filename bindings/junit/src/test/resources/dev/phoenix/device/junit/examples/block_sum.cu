// sums[block] = the sum of the block's 256 values: each step halves the number of threads that add.
extern "C" __global__ void block_sum(float* sums, const float* values, int count) {
  __shared__ float partial[256];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  partial[threadIdx.x] = i < count ? values[i] : 0.0f;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      partial[threadIdx.x] += partial[threadIdx.x + half];
    }
    __syncthreads();  // the next step reads the sums of this one
  }
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = partial[0];
  }
}

// As block_sum, with an error: without a barrier at the end of a step, the next step may read a sum
// that another warp has not written yet. On a GPU the result is often right, and sometimes wrong.
extern "C" __global__ void block_sum_with_race(float* sums, const float* values, int count) {
  __shared__ float partial[256];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  partial[threadIdx.x] = i < count ? values[i] : 0.0f;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      partial[threadIdx.x] += partial[threadIdx.x + half];
    }
  }
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = partial[0];
  }
}

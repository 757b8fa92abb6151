// The gradients of the rows of an embedding table that a batch used. The uses of a row are summed
// in a fixed order, so results are bitwise reproducible. Source: docs/model.md#2-hashing and
// #9-training.
//
// out [outRows, columns] float32, added to; targets [slots] int32: the row of out that slot s is
// added to; rows are distinct, a row outside out is skipped; gradOut [uses, columns] float32; order
// [uses] int32: the uses, those of one slot side by side; starts [slots + 1] int32: slot s owns
// order[starts[s]] to order[starts[s + 1]], exclusive.
//
// One warp sums one slot; slots with more than LONG uses (popular rows) are summed by all eight
// warps of the block. Block (32, 8); grid (slots / 8).
constexpr int LANES = 32;
constexpr int WARPS = 8;
constexpr int LONG = 64;

__device__ __forceinline__ float sumOf(const float* gradOut, const int* order, int from, int end,
                                       int step, int columns, int column) {
  float sum = 0;
#pragma unroll 4
  for (int i = from; i < end; i += step) {
    sum += gradOut[static_cast<size_t>(order[i]) * columns + column];
  }
  return sum;
}

extern "C" __global__ void __launch_bounds__(LANES* WARPS)
    embedding_gather_backward(float* __restrict__ out, const float* __restrict__ gradOut,
                              const int* __restrict__ order, const int* __restrict__ starts,
                              const int* __restrict__ targets, int slots, int columns,
                              int outRows) {
  __shared__ float partial[WARPS][LANES];
  const int first = blockIdx.x * WARPS;
  for (int s = 0; s < WARPS && first + s < slots; s++) {
    const int slot = first + s;
    const int begin = starts[slot];
    const int end = starts[slot + 1];
    const int target = targets[slot];
    if (target < 0 || target >= outRows) {
      continue;
    }
    float* to = out + static_cast<size_t>(target) * columns;
    if (end - begin <= LONG) {
      if (threadIdx.y == s) {
        for (int column = threadIdx.x; column < columns; column += LANES) {
          to[column] += sumOf(gradOut, order, begin, end, 1, columns, column);
        }
      }
      continue;
    }
    for (int tile = 0; tile < columns; tile += LANES) {
      const int column = tile + threadIdx.x;
      partial[threadIdx.y][threadIdx.x] =
          column < columns
              ? sumOf(gradOut, order, begin + threadIdx.y, end, WARPS, columns, column)
              : 0.0f;
      __syncthreads();
      if (threadIdx.y == 0 && column < columns) {
        float sum = 0;
        for (int warp = 0; warp < WARPS; warp++) {
          sum += partial[warp][threadIdx.x];
        }
        to[column] += sum;
      }
      __syncthreads();
    }
  }
}

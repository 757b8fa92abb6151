// Row-wise AdaGrad on the rows of an embedding table that a batch used: acc += mean(g^2), row -= lr
// g / (sqrt(acc) + eps), one accumulator per row. Source: docs/model.md#9-training.
//
// table [vocabulary, columns], accumulators [vocabulary] float32, updated in place; rows [slots]
// int32, distinct; a row outside the table is skipped; gradients [slots, columns] float32;
// `used` [1] int32: the number of valid slots; control and settings as in optimizer.cuh: gradients
// are clipped, and a step with non-finite gradients changes nothing. One warp per slot, block (32,
// 8).
#include "optimizer.cuh"
#include "reduction.cuh"

extern "C" __global__ void __launch_bounds__(OPTIMIZER_THREADS)
    rowwise_adagrad(float* __restrict__ table, float* __restrict__ accumulators,
                    const int* __restrict__ rows, const float* __restrict__ gradients,
                    const int* __restrict__ used, const Control* __restrict__ control,
                    const Settings* __restrict__ settings, int columns, int vocabulary) {
  const int slot = blockIdx.x * blockDim.y + threadIdx.y;
  if (slot >= used[0] || control->finite == 0) {
    return;  // a whole warp
  }
  const int row = rows[slot];
  if (row < 0 || row >= vocabulary) {
    return;
  }
  const float factor = control->factor;
  const float* gradient = gradients + static_cast<size_t>(slot) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += WARP) {
    const float g = gradient[at] * factor;
    squares += g * g;
  }
  const float accumulated = accumulators[row] + warpSum(squares) / columns;
  __syncwarp();  // lane 0 overwrites a value that all lanes read
  if (threadIdx.x == 0) {
    accumulators[row] = accumulated;
  }
  const float rate = settings->rowLearningRate / (sqrtf(accumulated) + settings->rowEpsilon);
  float* values = table + static_cast<size_t>(row) * columns;
  for (int at = threadIdx.x; at < columns; at += WARP) {
    values[at] -= rate * (gradient[at] * factor);
  }
}

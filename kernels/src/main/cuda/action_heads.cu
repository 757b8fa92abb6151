// The ranker's heads: out = rms(hidden), logits = out . weights, probabilities = sigmoid(logits),
// all in float32. Source: docs/model.md#5-ranker-outputs and #8-precision.
//
// probabilities, logits [rows, actions] float32, either may be null; hidden [rows, columns]
// bfloat16 or (action_heads_f32) float32; scale [columns] float32; weights [columns, actions]
// float32 as in the checkpoint. Block (32 actions, 8 slices of the columns); grid (row groups,
// action tiles). The order of a row's sums does not depend on the other rows, so batching
// candidates changes no bit.
#include "activation.cuh"
#include "bf16.cuh"

constexpr float EPSILON = 1e-5f;
constexpr int ACTIONS = 32;
constexpr int SLICES = 8;
constexpr int ROWS = 4;

// 1 / rms of each row, one warp per row.
template <typename Hidden>
__device__ __forceinline__ void inverses(float* inverse, const Hidden* hidden, int rows,
                                         int columns) {
  if (threadIdx.y >= ROWS) {
    return;
  }
  const int row = blockIdx.x * ROWS + threadIdx.y;
  float squares = 0;
  for (int at = threadIdx.x; row < rows && at < columns; at += 32) {
    const float value = toFloat(hidden[static_cast<size_t>(row) * columns + at]);
    squares += value * value;
  }
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    squares += __shfl_xor_sync(0xffffffffu, squares, distance);
  }
  if (threadIdx.x == 0) {
    inverse[threadIdx.y] = 1.0f / sqrtf(squares / columns + EPSILON);
  }
}

template <typename Hidden>
__device__ __forceinline__ void score(float* probabilities, float* logits, const Hidden* hidden,
                                      const float* scale, const float* weights, int rows,
                                      int columns, int actions) {
  __shared__ float inverse[ROWS];
  __shared__ float partial[SLICES][ROWS][ACTIONS];
  inverses(inverse, hidden, rows, columns);
  const int first = blockIdx.x * ROWS;
  const int action = blockIdx.y * ACTIONS + threadIdx.x;
  float sum[ROWS] = {};
  if (action < actions) {
    for (int at = threadIdx.y; at < columns; at += SLICES) {
      const float weight = scale[at] * weights[static_cast<size_t>(at) * actions + action];
#pragma unroll
      for (int r = 0; r < ROWS; r++) {
        const int row = first + r < rows ? first + r : rows - 1;
        sum[r] += toFloat(hidden[static_cast<size_t>(row) * columns + at]) * weight;
      }
    }
  }
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    partial[threadIdx.y][r][threadIdx.x] = sum[r];
  }
  __syncthreads();
  const int row = first + threadIdx.y;
  if (threadIdx.y >= ROWS || row >= rows || action >= actions) {
    return;
  }
  float logit = 0;
  for (int slice = 0; slice < SLICES; slice++) {
    logit += partial[slice][threadIdx.y][threadIdx.x];
  }
  logit *= inverse[threadIdx.y];
  const size_t to = static_cast<size_t>(row) * actions + action;
  if (logits != nullptr) {
    logits[to] = logit;
  }
  if (probabilities != nullptr) {
    probabilities[to] = sigmoid(logit);
  }
}

extern "C" __global__ void __launch_bounds__(256)
    action_heads(float* __restrict__ probabilities, float* __restrict__ logits,
                 const bf16* __restrict__ hidden, const float* __restrict__ scale,
                 const float* __restrict__ weights, int rows, int columns, int actions) {
  score(probabilities, logits, hidden, scale, weights, rows, columns, actions);
}

extern "C" __global__ void __launch_bounds__(256)
    action_heads_f32(float* __restrict__ probabilities, float* __restrict__ logits,
                     const float* __restrict__ hidden, const float* __restrict__ scale,
                     const float* __restrict__ weights, int rows, int columns, int actions) {
  score(probabilities, logits, hidden, scale, weights, rows, columns, actions);
}

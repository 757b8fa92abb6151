// Adds signed actions, product surface and dwell time to history tokens, each from a small table
// that is already multiplied by its block of proj_mat_3. Source:
// docs/model.md#3-features.
//
// tokens [rows, columns] bfloat16 or (history_features_f32) float32, updated in place; actions
// [rows, actionCount] float32; surfaces [rows] int32; dwell [rows] float32 in [0, 1]; actionTable
// [actionCount, columns], surfaceTable [surfaceCount, columns], dwellIn [hidden], dwellOut [hidden,
// columns] float32; hidden 0 where the model has no dwell input. A surface outside its table gives
// a row of NaN.
// A block has ROWS tokens and one column per thread: every table value is read once for all of
// them. Dynamic shared memory: ROWS * (actionCount + hidden) floats.
#include "activation.cuh"
#include "bf16.cuh"

constexpr int ROWS = 8;

// Weights of the action rows: 2a - 1, or all zero for a token without actions. One warp per token.
__device__ __forceinline__ void signedActionWeights(float* weights, const float* actions,
                                                    int count) {
  const int lane = threadIdx.x % 32;
  bool acted = false;
  for (int a = lane; a < count; a += 32) {
    acted |= actions[a] != 0.0f;
  }
  acted = __any_sync(0xffffffffu, acted);
  for (int a = lane; a < count; a += 32) {
    weights[a] = acted ? 2.0f * actions[a] - 1.0f : 0.0f;
  }
}

__device__ __forceinline__ void accumulate(float (&sum)[ROWS], const float* weights, int stride,
                                           const float* table, int count, int columns) {
  for (int i = 0; i < count; i++) {
    const float value = table[static_cast<size_t>(i) * columns];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      sum[r] += weights[r * stride + i] * value;
    }
  }
}

template <typename Token>
__device__ __forceinline__ void addFeatures(Token* tokens, const float* actions,
                                            const int* surfaces, const float* dwell,
                                            const float* actionTable, const float* surfaceTable,
                                            const float* dwellIn, const float* dwellOut, int rows,
                                            int columns, int actionCount, int surfaceCount,
                                            int hidden) {
  extern __shared__ float weights[];
  const int first = blockIdx.x * ROWS;
  const int stride = actionCount + hidden;
  for (int r = threadIdx.x / 32; r < ROWS; r += blockDim.x / 32) {
    const int row = first + r < rows ? first + r : rows - 1;
    signedActionWeights(weights + r * stride, actions + static_cast<size_t>(row) * actionCount,
                        actionCount);
    for (int i = threadIdx.x % 32; i < hidden; i += 32) {
      weights[r * stride + actionCount + i] = gelu(dwell[row] * dwellIn[i]);
    }
  }
  __syncthreads();
  const int column = blockIdx.y * blockDim.x + threadIdx.x;
  if (column >= columns) {
    return;
  }
  float sum[ROWS] = {};
  accumulate(sum, weights, stride, actionTable + column, actionCount, columns);
  accumulate(sum, weights + actionCount, stride, dwellOut + column, hidden, columns);
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    if (first + r < rows) {
      const int surface = surfaces[first + r];
      const float fromSurface = surface >= 0 && surface < surfaceCount
                                    ? surfaceTable[static_cast<size_t>(surface) * columns + column]
                                    : __uint_as_float(0x7fffffffu);
      Token* token = tokens + static_cast<size_t>(first + r) * columns + column;
      store(token, toFloat(*token) + (sum[r] + fromSurface));
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 8)
    history_features(bf16* __restrict__ tokens, const float* __restrict__ actions,
                     const int* __restrict__ surfaces, const float* __restrict__ dwell,
                     const float* __restrict__ actionTable, const float* __restrict__ surfaceTable,
                     const float* __restrict__ dwellIn, const float* __restrict__ dwellOut,
                     int rows, int columns, int actionCount, int surfaceCount, int hidden) {
  addFeatures(tokens, actions, surfaces, dwell, actionTable, surfaceTable, dwellIn, dwellOut, rows,
              columns, actionCount, surfaceCount, hidden);
}

extern "C" __global__ void __launch_bounds__(128, 8)
    history_features_f32(float* __restrict__ tokens, const float* __restrict__ actions,
                         const int* __restrict__ surfaces, const float* __restrict__ dwell,
                         const float* __restrict__ actionTable,
                         const float* __restrict__ surfaceTable,
                         const float* __restrict__ dwellIn, const float* __restrict__ dwellOut,
                         int rows, int columns, int actionCount, int surfaceCount, int hidden) {
  addFeatures(tokens, actions, surfaces, dwell, actionTable, surfaceTable, dwellIn, dwellOut, rows,
              columns, actionCount, surfaceCount, hidden);
}

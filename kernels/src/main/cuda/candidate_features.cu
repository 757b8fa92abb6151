// Adds the product surface and post age rows to candidate tokens, from tables that are already
// multiplied by their blocks of proj_mat_2. Source: docs/model.md#3-features.
//
// tokens [rows, columns] bfloat16 or (candidate_features_f32) float32, updated in place; surfaces,
// ages [rows] int32; surfaceTable [surfaceCount, columns], ageTable [ageCount, columns] float32. An
// index outside its table gives a row of NaN. Block (columns, rows).
#include "bf16.cuh"

__device__ __forceinline__ float entry(const float* table, int index, int count, int columns) {
  return index >= 0 && index < count ? table[static_cast<size_t>(index) * columns]
                                     : __uint_as_float(0x7fffffffu);
}

template <typename Token>
__device__ __forceinline__ void add(Token* tokens, const int* surfaces, const int* ages,
                                    const float* surfaceTable, const float* ageTable, int rows,
                                    int columns, int surfaceCount, int ageCount) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int column = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || column >= columns) {
    return;
  }
  const float surface = entry(surfaceTable + column, surfaces[row], surfaceCount, columns);
  const float age = entry(ageTable + column, ages[row], ageCount, columns);
  Token* token = tokens + static_cast<size_t>(row) * columns + column;
  store(token, toFloat(*token) + (surface + age));
}

extern "C" __global__ void __launch_bounds__(256)
    candidate_features(bf16* __restrict__ tokens, const int* __restrict__ surfaces,
                       const int* __restrict__ ages, const float* __restrict__ surfaceTable,
                       const float* __restrict__ ageTable, int rows, int columns, int surfaceCount,
                       int ageCount) {
  add(tokens, surfaces, ages, surfaceTable, ageTable, rows, columns, surfaceCount, ageCount);
}

extern "C" __global__ void __launch_bounds__(256)
    candidate_features_f32(float* __restrict__ tokens, const int* __restrict__ surfaces,
                           const int* __restrict__ ages, const float* __restrict__ surfaceTable,
                           const float* __restrict__ ageTable, int rows, int columns,
                           int surfaceCount, int ageCount) {
  add(tokens, surfaces, ages, surfaceTable, ageTable, rows, columns, surfaceCount, ageCount);
}

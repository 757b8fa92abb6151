// residual += rms(branch) * branchScale, then out = rms(residual) * nextScale: the end of one block
// and the beginning of the next in one pass. Source: SPEC section 4.
//
// out, residual, branch [rows, columns] bfloat16; branchScale, nextScale [columns] float32;
// columns <= 8192. out is null behind the last layer where nothing is normalised; nextScale with
// it. The second norm sees the sum before it is rounded to bfloat16. add_rms_norm: columns a
// multiple of 8, 16-byte aligned. add_rms_norm_any: any number of columns.
#include "bf16.cuh"
#include "reduction.cuh"

constexpr float EPSILON = 1e-5f;
constexpr int CHUNKS = 4;  // of eight values per thread: 8192 columns at 256 threads, 1024 at 32
constexpr int MAX_COLUMNS = 8192;

__device__ __forceinline__ float inverseRms(float squares, int columns) {
  return 1.0f / sqrtf(rowSum(squares) / columns + EPSILON);
}

// out = row * inverse * scale for the eight columns at `at`.
__device__ __forceinline__ void scaleEight(float (&value)[8], float inverse, const float* scale) {
  float factor[8];
  loadEight(factor, scale);
#pragma unroll
  for (int i = 0; i < 8; i++) {
    value[i] *= inverse * factor[i];
  }
}

extern "C" __global__ void __launch_bounds__(256)
    add_rms_norm(bf16* __restrict__ out, bf16* __restrict__ residual,
                 const bf16* __restrict__ branch, const float* __restrict__ branchScale,
                 const float* __restrict__ nextScale, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;  // a whole warp, and only where a row has one warp
  }
  const size_t start = static_cast<size_t>(row) * columns;
  float kept[CHUNKS][8];
  float squares = 0;
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      loadEight(kept[c], branch + start + at);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        squares += kept[c][i] * kept[c][i];
      }
    }
  }
  const float inverse = inverseRms(squares, columns);
  squares = 0;
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      float before[8];
      loadEight(before, residual + start + at);
      scaleEight(kept[c], inverse, branchScale + at);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        kept[c][i] += before[i];
        squares += kept[c][i] * kept[c][i];
      }
      storeEight(residual + start + at, kept[c]);
    }
  }
  if (out == nullptr) {
    return;
  }
  const float nextInverse = inverseRms(squares, columns);
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      scaleEight(kept[c], nextInverse, nextScale + at);
      storeEight(out + start + at, kept[c]);
    }
  }
}

// One row per block; the sum stays in shared memory, so that it need not be rounded.
extern "C" __global__ void __launch_bounds__(256)
    add_rms_norm_any(bf16* __restrict__ out, bf16* __restrict__ residual,
                     const bf16* __restrict__ branch, const float* __restrict__ branchScale,
                     const float* __restrict__ nextScale, int rows, int columns) {
  __shared__ float kept[MAX_COLUMNS];
  const size_t start = static_cast<size_t>(blockIdx.x) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float value = widen(branch[start + at]);
    kept[at] = value;
    squares += value * value;
  }
  const float inverse = inverseRms(squares, columns);
  squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float sum = kept[at] * (inverse * branchScale[at]) + widen(residual[start + at]);
    kept[at] = sum;  // only this thread reads it again
    squares += sum * sum;
    residual[start + at] = narrow(sum);
  }
  if (out == nullptr) {
    return;
  }
  const float nextInverse = inverseRms(squares, columns);
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    out[start + at] = narrow(kept[at] * (nextInverse * nextScale[at]));
  }
}

// residual += rms(branch) * branchScale, then out = rms(residual) * nextScale: the residual add of
// one block and the first norm of the next one, fused. Source: docs/model.md#4-transformer.
//
// out, residual, branch [rows, columns]; branchScale, nextScale [columns] float32; columns <= 8192.
// The matrices are bfloat16, or the entry names their types: add_rms_norm_<residual and
// branch>_<out>. out and nextScale are null after the last layer, which has no next norm. The
// second norm reads the sum before it is rounded. Entries without suffix _any: columns a multiple
// of 8, 16-byte aligned. With it: any number of columns, one row per block.
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
  load8(factor, scale);
#pragma unroll
  for (int i = 0; i < 8; i++) {
    value[i] *= inverse * factor[i];
  }
}

template <typename Out, typename In>
__device__ __forceinline__ void addNormalized(Out* out, In* residual, const In* branch,
                                              const float* branchScale, const float* nextScale,
                                              int rows, int columns) {
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
      load8(kept[c], branch + start + at);
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
      load8(before, residual + start + at);
      scaleEight(kept[c], inverse, branchScale + at);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        kept[c][i] += before[i];
        squares += kept[c][i] * kept[c][i];
      }
      store8(residual + start + at, kept[c]);
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
      store8(out + start + at, kept[c]);
    }
  }
}

// Keeps the sum in shared memory in float32, so that it is not rounded.
template <typename Out, typename In>
__device__ __forceinline__ void addNormalizedAny(Out* out, In* residual, const In* branch,
                                                 const float* branchScale, const float* nextScale,
                                                 int columns) {
  __shared__ float kept[MAX_COLUMNS];
  const size_t start = static_cast<size_t>(blockIdx.x) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float value = toFloat(branch[start + at]);
    kept[at] = value;
    squares += value * value;
  }
  const float inverse = inverseRms(squares, columns);
  squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float sum = kept[at] * (inverse * branchScale[at]) + toFloat(residual[start + at]);
    kept[at] = sum;  // read back by this thread only
    squares += sum * sum;
    store(residual + start + at, sum);
  }
  if (out == nullptr) {
    return;
  }
  const float nextInverse = inverseRms(squares, columns);
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    store(out + start + at, kept[at] * (nextInverse * nextScale[at]));
  }
}

#define ADD_RMS_NORM(NAME, IN, OUT)                                                         \
  extern "C" __global__ void __launch_bounds__(256)                                         \
      NAME(OUT* __restrict__ out, IN* __restrict__ residual, const IN* __restrict__ branch, \
           const float* __restrict__ branchScale, const float* __restrict__ nextScale,      \
           int rows, int columns) {                                                         \
    addNormalized(out, residual, branch, branchScale, nextScale, rows, columns);            \
  }                                                                                         \
  extern "C" __global__ void __launch_bounds__(256)                                         \
      NAME##_any(OUT* __restrict__ out, IN* __restrict__ residual,                          \
                 const IN* __restrict__ branch, const float* __restrict__ branchScale,      \
                 const float* __restrict__ nextScale, int rows, int columns) {              \
    addNormalizedAny(out, residual, branch, branchScale, nextScale, columns);               \
  }

ADD_RMS_NORM(add_rms_norm, bf16, bf16)
ADD_RMS_NORM(add_rms_norm_f32_bf16, float, bf16)
ADD_RMS_NORM(add_rms_norm_f32_f32, float, float)

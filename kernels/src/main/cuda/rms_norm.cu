// out = x / sqrt(mean(x^2) + 1e-5) * scale, row by row. Source: SPEC section 4.
//
// out [rows, columns] bfloat16, x [rows, columns] bfloat16, scale [columns] float32; columns <=
// 8192. rms_norm: columns a multiple of 8, 16-byte aligned; a row is read once and kept in
// registers. rms_norm_any: any number of columns; reads the row a second time, from cache.
#include "bf16.cuh"
#include "reduction.cuh"

constexpr float EPSILON = 1e-5f;
constexpr int CHUNKS = 4;  // of eight values per thread: 8192 columns at 256 threads, 1024 at 32

extern "C" __global__ void __launch_bounds__(256, 4)
    rms_norm(bf16* __restrict__ out, const bf16* __restrict__ x, const float* __restrict__ scale,
             int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;  // a whole warp, and only where a row has one warp
  }
  const size_t start = static_cast<size_t>(row) * columns;
  uint4 kept[CHUNKS];
  float squares = 0;
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      kept[c] = *reinterpret_cast<const uint4*>(x + start + at);
      float value[8];
      widenEight(value, kept[c]);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        squares += value[i] * value[i];
      }
    }
  }
  const float inverse = 1.0f / sqrtf(rowSum(squares) / columns + EPSILON);
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      float value[8];
      float factor[8];
      widenEight(value, kept[c]);
      loadEight(factor, scale + at);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        value[i] *= inverse * factor[i];
      }
      storeEight(out + start + at, value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    rms_norm_any(bf16* out, const bf16* x, const float* __restrict__ scale, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const size_t start = static_cast<size_t>(row) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float value = widen(x[start + at]);
    squares += value * value;
  }
  const float inverse = 1.0f / sqrtf(rowSum(squares) / columns + EPSILON);
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    out[start + at] = narrow(widen(x[start + at]) * (inverse * scale[at]));
  }
}

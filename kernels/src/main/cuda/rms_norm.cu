// out = x / sqrt(mean(x^2) + 1e-5) * scale, row by row. Source: docs/model.md#4-transformer.
//
// out, x [rows, columns], scale [columns] float32; columns <= 8192. x and out are bfloat16, or the
// entry names their types: rms_norm_<of x>_<of out>. Entries without suffix _any: columns a
// multiple of 8, 16-byte aligned; a row is read once and kept in registers. With it: any number of
// columns; the row is read a second time, from cache.
#include "bf16.cuh"
#include "reduction.cuh"

constexpr float EPSILON = 1e-5f;
constexpr int CHUNKS = 4;  // of eight values per thread: 8192 columns at 256 threads, 1024 at 32

template <typename In>
struct Eight;

template <>
struct Eight<bf16> {
  uint4 packed;

  __device__ __forceinline__ void load(const bf16* from) {
    packed = *reinterpret_cast<const uint4*>(from);
  }

  __device__ __forceinline__ void toFloat(float (&out)[8]) const { toFloat8(out, packed); }
};

template <>
struct Eight<float> {
  float value[8];

  __device__ __forceinline__ void load(const float* from) { load8(value, from); }

  __device__ __forceinline__ void toFloat(float (&out)[8]) const {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      out[i] = value[i];
    }
  }
};

template <typename Out, typename In>
__device__ __forceinline__ void normalize(Out* out, const In* x, const float* scale, int rows,
                                          int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;  // a whole warp, and only where a row has one warp
  }
  const size_t start = static_cast<size_t>(row) * columns;
  Eight<In> kept[CHUNKS];
  float squares = 0;
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = (c * blockDim.x + threadIdx.x) * 8;
    if (at < columns) {
      kept[c].load(x + start + at);
      float value[8];
      kept[c].toFloat(value);
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
      kept[c].toFloat(value);
      load8(factor, scale + at);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        value[i] *= inverse * factor[i];
      }
      store8(out + start + at, value);
    }
  }
}

template <typename Out, typename In>
__device__ __forceinline__ void normalizeAny(Out* out, const In* x, const float* scale, int rows,
                                             int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const size_t start = static_cast<size_t>(row) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float value = toFloat(x[start + at]);
    squares += value * value;
  }
  const float inverse = 1.0f / sqrtf(rowSum(squares) / columns + EPSILON);
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    store(out + start + at, toFloat(x[start + at]) * (inverse * scale[at]));
  }
}

#define RMS_NORM(NAME, IN, OUT)                                                           \
  extern "C" __global__ void __launch_bounds__(256, 4)                                    \
      NAME(OUT* __restrict__ out, const IN* __restrict__ x, const float* __restrict__ scale, \
           int rows, int columns) {                                                       \
    normalize(out, x, scale, rows, columns);                                              \
  }                                                                                       \
  extern "C" __global__ void __launch_bounds__(256)                                       \
      NAME##_any(OUT* out, const IN* x, const float* __restrict__ scale, int rows, int columns) { \
    normalizeAny(out, x, scale, rows, columns);                                           \
  }

RMS_NORM(rms_norm, bf16, bf16)
RMS_NORM(rms_norm_f32_bf16, float, bf16)
RMS_NORM(rms_norm_f32_f32, float, float)

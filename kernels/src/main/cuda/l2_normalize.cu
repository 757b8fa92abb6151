// out = x / sqrt(max(sum x^2, 1e-12)), row by row. Source: docs/model.md#6-retrieval.
//
// out [rows, columns], norms [rows] float32 or null: the divisors, x [rows, columns].
// The entry names the element types: l2_normalize_<of x>_<of out>. A zero row stays zero; squares
// are summed in float32, so a norm above 1.8e19 overflows to infinity.
#include "bf16.cuh"
#include "reduction.cuh"

constexpr float EPSILON = 1e-12f;

template <typename In, typename Out>
__device__ __forceinline__ void normalize(Out* out, float* norms, const In* x, int rows,
                                          int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;  // a whole warp, and only where a row has one warp
  }
  const size_t start = static_cast<size_t>(row) * columns;
  float squares = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    const float value = toFloat(x[start + at]);
    squares += value * value;
  }
  const float sum = rowSum(squares);
  // Not fmaxf: it would turn a NaN norm into a number.
  const float norm = sqrtf(sum < EPSILON ? EPSILON : sum);
  if (norms != nullptr && threadIdx.x == 0) {
    norms[row] = norm;
  }
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    store(out + start + at, toFloat(x[start + at]) / norm);
  }
}

extern "C" __global__ void __launch_bounds__(256)
    l2_normalize_f32_f32(float* out, float* norms, const float* x, int rows, int columns) {
  normalize(out, norms, x, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    l2_normalize_f32_bf16(bf16* out, float* norms, const float* x, int rows, int columns) {
  normalize(out, norms, x, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    l2_normalize_bf16_f32(float* out, float* norms, const bf16* x, int rows, int columns) {
  normalize(out, norms, x, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256)
    l2_normalize_bf16_bf16(bf16* out, float* norms, const bf16* x, int rows, int columns) {
  normalize(out, norms, x, rows, columns);
}

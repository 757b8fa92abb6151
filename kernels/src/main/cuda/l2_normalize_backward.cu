// The gradient of l2_normalize: (gradOut - out (gradOut . out)) / norm; where the norm was clamped,
// and so is a constant: gradOut / norm. Source: docs/model.md#6-retrieval and #9-training.
//
// gradX [rows, columns] float32, may be gradOut; gradOut, out [rows, columns] float32: out and
// norms [rows] float32: the outputs of l2_normalize. Block (threads of a row, rows).
#include "bf16.cuh"
#include "reduction.cuh"

constexpr float LEAST = 1e-6f;

extern "C" __global__ void __launch_bounds__(256)
    l2_normalize_backward(float* gradX, const float* gradOut, const float* out, const float* norms,
                          int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;  // a whole warp, and only where a row has one warp
  }
  const size_t start = static_cast<size_t>(row) * columns;
  float product = 0;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    product += out[start + at] * gradOut[start + at];
  }
  product = rowSum(product);
  const float norm = norms[row];
  const float along = norm <= LEAST ? 0.0f : product;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    gradX[start + at] = (gradOut[start + at] - along * out[start + at]) / norm;
  }
}

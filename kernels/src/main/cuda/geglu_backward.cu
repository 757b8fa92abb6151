// Gradients of geglu: gradOut * up * gelu'(gate) and gradOut * gelu(gate). Source:
// docs/model.md#4-transformer and #9-training.
//
// gradGateUp [rows, 2 * columns] bfloat16, gate in the first half of every row, read by the
// backward products; gradOut [rows, columns] float32; gateUp [rows, 2 * columns] bfloat16.
// geglu_backward: columns a multiple of 8, 16-byte aligned. geglu_backward_any: any number of
// columns. Block (threads of a row, rows).
#include "activation_backward.cuh"
#include "bf16.cuh"

extern "C" __global__ void __launch_bounds__(256)
    geglu_backward(bf16* __restrict__ gradGateUp, const float* __restrict__ gradOut,
                   const bf16* __restrict__ gateUp, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = (blockIdx.y * blockDim.x + threadIdx.x) * 8;
  if (row >= rows || at >= columns) {
    return;
  }
  const size_t start = static_cast<size_t>(row) * 2 * columns + at;
  float gate[8];
  float up[8];
  float grad[8];
  load8(gate, gateUp + start);
  load8(up, gateUp + start + columns);
  load8(grad, gradOut + static_cast<size_t>(row) * columns + at);
#pragma unroll
  for (int i = 0; i < 8; i++) {
    const ValueAndSlope gated = geluAndSlope(gate[i]);
    gate[i] = grad[i] * up[i] * gated.slope;
    up[i] = grad[i] * gated.value;
  }
  store8(gradGateUp + start, gate);
  store8(gradGateUp + start + columns, up);
}

extern "C" __global__ void __launch_bounds__(256)
    geglu_backward_any(bf16* __restrict__ gradGateUp, const float* __restrict__ gradOut,
                       const bf16* __restrict__ gateUp, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || at >= columns) {
    return;
  }
  const size_t start = static_cast<size_t>(row) * 2 * columns + at;
  const float grad = gradOut[static_cast<size_t>(row) * columns + at];
  const ValueAndSlope gated = geluAndSlope(toFloat(gateUp[start]));
  gradGateUp[start] = toBf16(grad * toFloat(gateUp[start + columns]) * gated.slope);
  gradGateUp[start + columns] = toBf16(grad * gated.value);
}

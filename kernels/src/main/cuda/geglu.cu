// out = gelu(gate) * up. Source: docs/model.md#4-transformer; Shazeer, arXiv 2002.05202.
//
// out [rows, columns] bfloat16; gateUp [rows, 2 * columns] bfloat16: the output of one product with
// [linear | linear_v], gate in the first half of every row.
// geglu: columns a multiple of 8, 16-byte aligned. geglu_any: any number of columns.
// Block (threads of a row, rows).
#include "activation.cuh"
#include "bf16.cuh"

extern "C" __global__ void __launch_bounds__(256)
    geglu(bf16* __restrict__ out, const bf16* __restrict__ gateUp, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = (blockIdx.y * blockDim.x + threadIdx.x) * 8;
  if (row >= rows || at >= columns) {
    return;
  }
  const bf16* gate = gateUp + static_cast<size_t>(row) * 2 * columns + at;
  float value[8];
  float factor[8];
  load8(value, gate);
  load8(factor, gate + columns);
#pragma unroll
  for (int i = 0; i < 8; i++) {
    value[i] = gelu(value[i]) * factor[i];
  }
  store8(out + static_cast<size_t>(row) * columns + at, value);
}

extern "C" __global__ void __launch_bounds__(256)
    geglu_any(bf16* __restrict__ out, const bf16* __restrict__ gateUp, int rows, int columns) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int at = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || at >= columns) {
    return;
  }
  const bf16* gate = gateUp + static_cast<size_t>(row) * 2 * columns + at;
  out[static_cast<size_t>(row) * columns + at] =
      toBf16(gelu(toFloat(gate[0])) * toFloat(gate[columns]));
}

// Rotary position embedding over halves, in place: x cos + rotate_half(x) sin. Source:
// docs/model.md#4-transformer; Su et al., arXiv 2104.09864.
//
// x [rows, columns] bfloat16, of which the first heads * 2 * half columns are rotated (queries and
// keys lie before the values); positions [rows] int32; table [positionCount, half] pairs (cos, sin)
// float32 of angles in float32, as in training; computed once on the host for all heads and layers.
// A position outside the table gives NaN.
// rope: half and columns multiples of 8, 16-byte aligned. rope_any: any even head size.
// Block (threads of a row, rows).
#include "bf16.cuh"

template <int WIDTH>
__device__ __forceinline__ void rotate(float (&first)[WIDTH], float (&second)[WIDTH],
                                       const float2* turn, bool known) {
#pragma unroll
  for (int i = 0; i < WIDTH; i++) {
    const float nan = __uint_as_float(0x7fffffffu);
    const float2 angle = known ? turn[i] : make_float2(nan, nan);
    const float x = first[i];
    const float y = second[i];
    first[i] = x * angle.x - y * angle.y;
    second[i] = y * angle.x + x * angle.y;
  }
}

extern "C" __global__ void __launch_bounds__(256)
    rope(bf16* __restrict__ x, const int* __restrict__ positions, const float2* __restrict__ table,
         int rows, int columns, int heads, int half, int positionCount) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const int position = positions[row];
  const bool known = position >= 0 && position < positionCount;
  const float2* turn = table + static_cast<size_t>(known ? position : 0) * half;
  const int perHead = half / 8;
  for (int i = threadIdx.x; i < heads * perHead; i += blockDim.x) {
    const int head = i / perHead;
    const int at = (i - head * perHead) * 8;
    bf16* low = x + static_cast<size_t>(row) * columns + head * 2 * half + at;
    float first[8];
    float second[8];
    load8(first, low);
    load8(second, low + half);
    rotate(first, second, turn + at, known);
    store8(low, first);
    store8(low + half, second);
  }
}

extern "C" __global__ void __launch_bounds__(256)
    rope_any(bf16* __restrict__ x, const int* __restrict__ positions,
             const float2* __restrict__ table, int rows, int columns, int heads, int half,
             int positionCount) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const int position = positions[row];
  const bool known = position >= 0 && position < positionCount;
  const float2* turn = table + static_cast<size_t>(known ? position : 0) * half;
  for (int i = threadIdx.x; i < heads * half; i += blockDim.x) {
    const int head = i / half;
    const int at = i - head * half;
    bf16* low = x + static_cast<size_t>(row) * columns + head * 2 * half + at;
    float first[1] = {toFloat(low[0])};
    float second[1] = {toFloat(low[half])};
    rotate(first, second, turn + at, known);
    low[0] = toBf16(first[0]);
    low[half] = toBf16(second[0]);
  }
}

// The gradient of rope, in place: every pair is rotated by the negative angle. Source:
// docs/model.md#4-transformer and #9-training.
//
// grad [rows, columns] float32, of which the first heads * 2 * half columns are rotated; positions
// [rows] int32; table [positionCount, half] pairs (cos, sin) float32 as in rope.
// A position outside the table gives NaN. Block (threads of a row, rows).
extern "C" __global__ void __launch_bounds__(256)
    rope_backward(float* __restrict__ grad, const int* __restrict__ positions,
                  const float2* __restrict__ table, int rows, int columns, int heads, int half,
                  int positionCount) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const int position = positions[row];
  const bool known = position >= 0 && position < positionCount;
  const float2* turn = table + static_cast<size_t>(known ? position : 0) * half;
  const size_t start = static_cast<size_t>(row) * columns;
  for (int i = threadIdx.x; i < heads * half; i += blockDim.x) {
    const int head = i / half;
    const int at = i - head * half;
    const float nan = __uint_as_float(0x7fffffffu);
    const float2 angle = known ? turn[at] : make_float2(nan, nan);
    const size_t low = start + head * 2 * half + at;
    const float first = grad[low];
    const float second = grad[low + half];
    grad[low] = first * angle.x + second * angle.y;
    grad[low + half] = second * angle.x - first * angle.y;
  }
}

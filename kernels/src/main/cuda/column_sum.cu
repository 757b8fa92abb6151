// out += the sum of every column: the second pass over the partial sums of a gradient. Rows are
// summed in a fixed order, so results are bitwise reproducible. Source: docs/model.md#9-training.
//
// out [columns] float32, added to; x [rows, columns] float32.
// Block (32 columns, 8 row groups); grid (column tiles).
constexpr int COLUMNS = 32;
constexpr int GROUPS = 8;

extern "C" __global__ void __launch_bounds__(256)
    column_sum(float* __restrict__ out, const float* __restrict__ x, int rows, int columns) {
  __shared__ float partial[GROUPS][COLUMNS];
  const int column = blockIdx.x * COLUMNS + threadIdx.x;
  float sum = 0;
  if (column < columns) {
#pragma unroll 4
    for (int row = threadIdx.y; row < rows; row += GROUPS) {
      sum += x[static_cast<size_t>(row) * columns + column];
    }
  }
  partial[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y == 0 && column < columns) {
    for (int group = 1; group < GROUPS; group++) {
      sum += partial[group][threadIdx.x];
    }
    out[column] += sum;
  }
}

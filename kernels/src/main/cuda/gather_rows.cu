// out[r] = x[rows[r]]: the gradient of scatter_rows. Source: docs/model.md#3-features and
// #9-training.
//
// out [count, columns] float32; x [xRows, columns] float32; rows [count] int32; a row outside x,
// such as -1, gives zeros: scatter_rows left it out. Block (threads of a row, rows).
extern "C" __global__ void __launch_bounds__(256)
    gather_rows(float* __restrict__ out, const float* __restrict__ x,
                const int* __restrict__ rows, int count, int columns, int xRows) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= count) {
    return;
  }
  const int from = rows[row];
  const bool inside = from >= 0 && from < xRows;
  const float* source = x + static_cast<size_t>(inside ? from : 0) * columns;
  float* to = out + static_cast<size_t>(row) * columns;
  for (int at = threadIdx.x; at < columns; at += blockDim.x) {
    to[at] = inside ? source[at] : 0.0f;
  }
}

// Row-wise softmax, one warp per row.
extern "C" __global__ void softmax(float* out, const float* in, int rows, int columns) {
  int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) {
    return;
  }
  float most = -INFINITY;
  for (int i = lane; i < columns; i += 32) {
    most = fmaxf(most, in[row * columns + i]);
  }
  for (int offset = 16; offset > 0; offset >>= 1) {
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, offset));
  }
  float sum = 0.0f;
  for (int i = lane; i < columns; i += 32) {
    sum += expf(in[row * columns + i] - most);
  }
  for (int offset = 16; offset > 0; offset >>= 1) {
    sum += __shfl_xor_sync(0xffffffffu, sum, offset);
  }
  for (int i = lane; i < columns; i += 32) {
    out[row * columns + i] = expf(in[row * columns + i] - most) / sum;
  }
}

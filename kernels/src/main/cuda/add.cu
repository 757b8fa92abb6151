// out += x, element by element: sums the gradients of a tensor that is used twice. Source:
// docs/model.md#9-training.
//
// out, x [count] float32.
extern "C" __global__ void __launch_bounds__(256)
    add(float* __restrict__ out, const float* __restrict__ x, int count) {
  const int at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at < count) {
    out[at] += x[at];
  }
}

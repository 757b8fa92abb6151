// out = gelu(x), the tanh approximation, element by element: the dwell input. Source:
// docs/model.md#3-features.
//
// out, x [count] float32; the two may be one array.
#include "activation.cuh"

extern "C" __global__ void __launch_bounds__(256) gelu(float* out, const float* x, int count) {
  const size_t at = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at < count) {
    out[at] = gelu(x[at]);
  }
}

// out = 1 / (1 + e^-x), element by element: probabilities of float32 logits. Source:
// docs/model.md#5-ranker-outputs.
//
// out, x [count] float32; the two may be one array.
#include "activation.cuh"

extern "C" __global__ void __launch_bounds__(256) sigmoid(float* out, const float* x, int count) {
  const size_t at = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at < count) {
    out[at] = sigmoid(x[at]);
  }
}

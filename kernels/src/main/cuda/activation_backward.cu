// Gradients of gelu and silu, element by element. Source: docs/model.md#3-features, #6-retrieval
// and #9-training.
//
// gradX [count] float32, may be gradOut; gradOut [count] float32; x [count] float32: the input of
// the activation.
#include "activation_backward.cuh"

extern "C" __global__ void __launch_bounds__(256)
    gelu_backward(float* gradX, const float* gradOut, const float* __restrict__ x, int count) {
  const size_t at = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at < count) {
    gradX[at] = gradOut[at] * geluAndSlope(x[at]).slope;
  }
}

extern "C" __global__ void __launch_bounds__(256)
    silu_backward(float* gradX, const float* gradOut, const float* __restrict__ x, int count) {
  const size_t at = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at < count) {
    gradX[at] = gradOut[at] * siluSlope(x[at]);
  }
}

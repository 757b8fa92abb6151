// Derivatives of the scalar activations, in float32. Source: docs/model.md#3-features,
// #4-transformer, #5-ranker-outputs, #6-retrieval and #9-training.
#pragma once

#include "activation.cuh"

struct ValueAndSlope {
  float value;
  float slope;
};

// gelu(x) = x s with s = sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3); its derivative is s + x s
// (1 - s) 2u'.
__device__ __forceinline__ ValueAndSlope geluAndSlope(float x) {
  const float square = x * x;
  const float s = sigmoid(1.5957691216057308f * x * (1.0f + 0.044715f * square));
  const float inner = 1.5957691216057308f * (1.0f + 0.134145f * square);
  // s (1 - s) is 0 where s saturates or the square overflows; the test below avoids 0 * infinity.
  const float bend = s * (1.0f - s);
  return {x * s, s + (bend == 0.0f ? 0.0f : x * bend * inner)};
}

__device__ __forceinline__ float siluSlope(float x) {
  const float s = sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

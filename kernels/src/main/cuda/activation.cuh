// The scalar activations, in float32. Source: docs/model.md#3-features, #4-transformer, #5-ranker-outputs and #6-retrieval.
#pragma once

constexpr float LOG2_E = 1.4426950408889634f;

__device__ __forceinline__ float exp2Approximate(float x) {
  float result;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float tanhApproximate(float x) {
  float result;
  asm("tanh.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float reciprocalApproximate(float x) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float sigmoid(float x) {
  return reciprocalApproximate(1.0f + exp2Approximate(-LOG2_E * x));
}

__device__ __forceinline__ float silu(float x) { return x * sigmoid(x); }

// x/2 (1 + tanh u) = x sigmoid(2u). tanh.approx would be one instruction less, but its absolute
// error of 2^-11 is all that remains of the result where tanh nears -1; these kernels wait for
// memory, so the exact form is free.
__device__ __forceinline__ float gelu(float x) {
  const float u = 0.7978845608028654f * (x + 0.044715f * x * x * x);
  return x * sigmoid(2.0f * u);
}

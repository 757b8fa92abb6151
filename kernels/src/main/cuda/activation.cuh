// The scalar activations, in float32. Source: docs/model.md#3-features, #4-transformer,
// #5-ranker-outputs and #6-retrieval.
#pragma once

constexpr float LOG2_E = 1.4426950408889634f;

__device__ __forceinline__ float ex2Approx(float x) {
  float result;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float tanhApprox(float x) {
  float result;
  asm("tanh.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float rcpApprox(float x) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

__device__ __forceinline__ float sigmoid(float x) {
  return rcpApprox(1.0f + ex2Approx(-LOG2_E * x));
}

__device__ __forceinline__ float silu(float x) { return x * sigmoid(x); }

// x/2 (1 + tanh u) = x sigmoid(2u). Computing 1 + tanh.approx(u) would save one instruction, but
// near tanh = -1 the sum cancels and its absolute error of 2^-11 dominates the result. These
// kernels are bound by memory bandwidth, so the sigmoid form costs no time.
__device__ __forceinline__ float gelu(float x) {
  const float u = 0.7978845608028654f * (x + 0.044715f * x * x * x);
  return x * sigmoid(2.0f * u);
}

// out = x * sigmoid(x), element by element. Source: docs/model.md#6-retrieval.
//
// out, x [count] bfloat16 (silu) or float32 (silu_f32), 16-byte aligned; the two may be one array.
// A thread has eight elements.
#include "activation.cuh"
#include "bf16.cuh"

template <typename T>
__device__ __forceinline__ void apply(T* out, const T* x, int count) {
  const size_t at = (static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 8;
  if (at + 8 <= count) {
    float value[8];
    load8(value, x + at);
#pragma unroll
    for (int i = 0; i < 8; i++) {
      value[i] = silu(value[i]);
    }
    store8(out + at, value);
  } else {
    for (size_t i = at; i < count; i++) {
      store(out + i, silu(toFloat(x[i])));
    }
  }
}

extern "C" __global__ void __launch_bounds__(256) silu(bf16* out, const bf16* x, int count) {
  apply(out, x, count);
}

extern "C" __global__ void __launch_bounds__(256) silu_f32(float* out, const float* x, int count) {
  apply(out, x, count);
}

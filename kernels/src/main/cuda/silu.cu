// out = x * sigmoid(x), element by element. Source: SPEC section 6.
//
// out, x [count] bfloat16, 16-byte aligned; the two may be one array. A thread has eight elements.
#include "activation.cuh"
#include "bf16.cuh"

extern "C" __global__ void __launch_bounds__(256) silu(bf16* out, const bf16* x, int count) {
  const size_t at = (static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 8;
  if (at + 8 <= count) {
    float value[8];
    loadEight(value, x + at);
#pragma unroll
    for (int i = 0; i < 8; i++) {
      value[i] = silu(value[i]);
    }
    storeEight(out + at, value);
  } else {
    for (size_t i = at; i < count; i++) {
      out[i] = narrow(silu(widen(x[i])));
    }
  }
}

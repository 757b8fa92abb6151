// out = x in another precision, element by element; narrowing rounds to nearest even.
//
// out, x [count] float32 or bfloat16: the entry names the types, convert_<of x>_<of out>; 16-byte
// aligned. A thread has eight elements.
#include "bf16.cuh"

template <typename Out, typename In>
__device__ __forceinline__ void convert(Out* out, const In* x, int count) {
  const size_t at = (static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 8;
  if (at + 8 <= count) {
    float value[8];
    load8(value, x + at);
    store8(out + at, value);
  } else {
    for (size_t i = at; i < count; i++) {
      store(out + i, toFloat(x[i]));
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    convert_f32_bf16(bf16* __restrict__ out, const float* __restrict__ x, int count) {
  convert(out, x, count);
}

extern "C" __global__ void __launch_bounds__(256)
    convert_bf16_f32(float* __restrict__ out, const bf16* __restrict__ x, int count) {
  convert(out, x, count);
}

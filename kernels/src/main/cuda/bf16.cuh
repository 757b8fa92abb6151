// bfloat16 as bit patterns. It is the upper half of a float32, so conversion to float32 is a shift;
// conversion from float32 is one instruction from sm_80 on and rounds to nearest even.
#pragma once

typedef unsigned short bf16;

__device__ __forceinline__ float toFloat(bf16 value) {
  return __uint_as_float(static_cast<unsigned>(value) << 16);
}

// Overload for templates over the element type.
__device__ __forceinline__ float toFloat(float value) { return value; }

__device__ __forceinline__ bf16 toBf16(float value) {
  bf16 result;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result) : "f"(value));
  return result;
}

// Two values in one register, the first in the low half as in memory.
__device__ __forceinline__ unsigned toBf16x2(float first, float second) {
  unsigned result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(second), "f"(first));
  return result;
}

__device__ __forceinline__ float lowToFloat(unsigned pair) { return __uint_as_float(pair << 16); }

__device__ __forceinline__ float highToFloat(unsigned pair) {
  return __uint_as_float(pair & 0xffff0000u);
}

__device__ __forceinline__ void toFloat8(float (&out)[8], uint4 packed) {
  const unsigned pairs[4] = {packed.x, packed.y, packed.z, packed.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    out[2 * i] = lowToFloat(pairs[i]);
    out[2 * i + 1] = highToFloat(pairs[i]);
  }
}

__device__ __forceinline__ uint4 toBf16x8(const float (&x)[8]) {
  return make_uint4(toBf16x2(x[0], x[1]), toBf16x2(x[2], x[3]), toBf16x2(x[4], x[5]),
                    toBf16x2(x[6], x[7]));
}

// Eight consecutive elements in one (bfloat16) or two (float32) 16-byte accesses; the address is
// aligned to 16 bytes.
__device__ __forceinline__ void load8(float (&out)[8], const bf16* from) {
  toFloat8(out, *reinterpret_cast<const uint4*>(from));
}

__device__ __forceinline__ void load8(float (&out)[8], const float* from) {
  const float4 low = reinterpret_cast<const float4*>(from)[0];
  const float4 high = reinterpret_cast<const float4*>(from)[1];
  out[0] = low.x, out[1] = low.y, out[2] = low.z, out[3] = low.w;
  out[4] = high.x, out[5] = high.y, out[6] = high.z, out[7] = high.w;
}

__device__ __forceinline__ void store8(bf16* to, const float (&x)[8]) {
  *reinterpret_cast<uint4*>(to) = toBf16x8(x);
}

__device__ __forceinline__ void store8(float* to, const float (&x)[8]) {
  reinterpret_cast<float4*>(to)[0] = make_float4(x[0], x[1], x[2], x[3]);
  reinterpret_cast<float4*>(to)[1] = make_float4(x[4], x[5], x[6], x[7]);
}

__device__ __forceinline__ void store(bf16* to, float value) { *to = toBf16(value); }

__device__ __forceinline__ void store(float* to, float value) { *to = value; }

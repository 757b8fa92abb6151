// bfloat16 as bit patterns. It is the upper half of a float32, so widening is a shift; narrowing
// rounds to nearest even in one instruction from sm_80 on.
#pragma once

typedef unsigned short bf16;

__device__ __forceinline__ float widen(bf16 value) {
  return __uint_as_float(static_cast<unsigned>(value) << 16);
}

// A load as float32, whatever the element type: what the templates over table types call.
__device__ __forceinline__ float widen(float value) { return value; }

__device__ __forceinline__ bf16 narrow(float value) {
  bf16 result;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result) : "f"(value));
  return result;
}

// Two values in one register, the first in the low half: as they lie in memory.
__device__ __forceinline__ unsigned narrowPair(float first, float second) {
  unsigned result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(second), "f"(first));
  return result;
}

__device__ __forceinline__ float widenFirst(unsigned pair) { return __uint_as_float(pair << 16); }

__device__ __forceinline__ float widenSecond(unsigned pair) {
  return __uint_as_float(pair & 0xffff0000u);
}

__device__ __forceinline__ void widenEight(float (&out)[8], uint4 packed) {
  const unsigned pairs[4] = {packed.x, packed.y, packed.z, packed.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    out[2 * i] = widenFirst(pairs[i]);
    out[2 * i + 1] = widenSecond(pairs[i]);
  }
}

__device__ __forceinline__ uint4 narrowEight(const float (&x)[8]) {
  return make_uint4(narrowPair(x[0], x[1]), narrowPair(x[2], x[3]), narrowPair(x[4], x[5]),
                    narrowPair(x[6], x[7]));
}

// Eight neighbours in one (bfloat16) or two (float32) 16-byte accesses; the address is aligned
// to 16.
__device__ __forceinline__ void loadEight(float (&out)[8], const bf16* from) {
  widenEight(out, *reinterpret_cast<const uint4*>(from));
}

__device__ __forceinline__ void loadEight(float (&out)[8], const float* from) {
  const float4 low = reinterpret_cast<const float4*>(from)[0];
  const float4 high = reinterpret_cast<const float4*>(from)[1];
  out[0] = low.x, out[1] = low.y, out[2] = low.z, out[3] = low.w;
  out[4] = high.x, out[5] = high.y, out[6] = high.z, out[7] = high.w;
}

__device__ __forceinline__ void storeEight(bf16* to, const float (&x)[8]) {
  *reinterpret_cast<uint4*>(to) = narrowEight(x);
}

__device__ __forceinline__ void storeEight(float* to, const float (&x)[8]) {
  reinterpret_cast<float4*>(to)[0] = make_float4(x[0], x[1], x[2], x[3]);
  reinterpret_cast<float4*>(to)[1] = make_float4(x[4], x[5], x[6], x[7]);
}

__device__ __forceinline__ void store(bf16* to, float value) { *to = narrow(value); }

__device__ __forceinline__ void store(float* to, float value) { *to = value; }

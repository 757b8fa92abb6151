// Wrappers of the sm_80 instructions mma, ldmatrix and cp.async.
#pragma once

#include "bf16.cuh"

// d [16, 8] += a [16, 16] b [16, 8]; a and b bfloat16, d float32. Lane l holds rows l/4 and l/4 + 8
// of a and d, their columns 2(l%4) and 2(l%4) + 1 (of a also those plus 8), and column l/4 of b.
__device__ __forceinline__ void mmaM16N8K16(float (&d)[4], const unsigned (&a)[4], unsigned b0,
                                            unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Loads four 8 x 8 matrices of 16-bit elements; lanes 8i to 8i + 7 pass the row addresses of matrix
// i.
__device__ __forceinline__ void ldmatrixX4(unsigned (&m)[4], unsigned sharedAddress) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(sharedAddress)
               : "memory");
}

__device__ __forceinline__ void ldmatrixX4Trans(unsigned (&m)[4], unsigned sharedAddress) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(sharedAddress)
               : "memory");
}

// Starts an asynchronous copy of 16 bytes to shared memory; writes zeros unless present.
__device__ __forceinline__ void cpAsync16(unsigned sharedAddress, const void* from,
                                          bool present) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress), "l"(from),
               "r"(present ? 16 : 0)
               : "memory");
}

__device__ __forceinline__ void cpAsyncCommit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits for this thread's copies; a barrier then makes them visible to the block.
__device__ __forceinline__ void cpAsyncWaitAll() {
  asm volatile("cp.async.wait_group 0;" ::: "memory");
}

__device__ __forceinline__ void storeShared16(unsigned sharedAddress, uint4 value) {
  asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(sharedAddress), "r"(value.x),
               "r"(value.y), "r"(value.z), "r"(value.w)
               : "memory");
}

__device__ __forceinline__ uint4 loadShared16(unsigned sharedAddress) {
  uint4 value;
  asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
               : "=r"(value.x), "=r"(value.y), "=r"(value.z), "=r"(value.w)
               : "r"(sharedAddress)
               : "memory");
  return value;
}

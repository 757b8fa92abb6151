// The tensor-core instructions of sm_80 and the copies that feed them.
#pragma once

#include "bf16.cuh"

// d += a b: 16 x 16 times 16 x 8, bfloat16 in, float32 out. Lane l holds rows l/4 and l/4 + 8 of a
// and d, columns 2(l%4) and 2(l%4) + 1 (of a also 8 further), and column l/4 of b.
__device__ __forceinline__ void multiplyAdd(float (&d)[4], const unsigned (&a)[4], unsigned b0,
                                            unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four 8 x 8 matrices of 16-bit elements; lanes 8i to 8i + 7 give the row addresses of matrix i.
__device__ __forceinline__ void loadMatrices(unsigned (&m)[4], unsigned sharedAddress) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(sharedAddress)
               : "memory");
}

__device__ __forceinline__ void loadMatricesTransposed(unsigned (&m)[4], unsigned sharedAddress) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(sharedAddress)
               : "memory");
}

// Starts copying 16 bytes, or starts zeroing them where there is nothing to copy.
__device__ __forceinline__ void copySixteen(unsigned sharedAddress, const void* from,
                                            bool present) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress), "l"(from),
               "r"(present ? 16 : 0)
               : "memory");
}

__device__ __forceinline__ void commitCopies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until this thread's copies have landed; a barrier then shows them to the block.
__device__ __forceinline__ void awaitCopies() {
  asm volatile("cp.async.wait_group 0;" ::: "memory");
}

__device__ __forceinline__ void storeSixteen(unsigned sharedAddress, uint4 value) {
  asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(sharedAddress), "r"(value.x),
               "r"(value.y), "r"(value.z), "r"(value.w)
               : "memory");
}

__device__ __forceinline__ uint4 loadSixteen(unsigned sharedAddress) {
  uint4 value;
  asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
               : "=r"(value.x), "=r"(value.y), "=r"(value.z), "=r"(value.w)
               : "r"(sharedAddress)
               : "memory");
  return value;
}

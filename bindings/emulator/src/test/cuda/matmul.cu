// C[64,64] = A[64,K] x B[64,K]^T in bfloat16 with cp.async, ldmatrix and mma.sync; 128 threads.
#include <cuda_bf16.h>
#include <cuda_pipeline.h>

#define TILE 64
#define DEPTH 32
#define PITCH (DEPTH + 8)

__device__ unsigned address(const void* p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}

__device__ void load_tile(__nv_bfloat16* tile, const __nv_bfloat16* from, int k, int k0) {
  for (int i = threadIdx.x; i < TILE * DEPTH / 8; i += blockDim.x) {
    int row = i / (DEPTH / 8);
    int column = i % (DEPTH / 8) * 8;
    __pipeline_memcpy_async(tile + row * PITCH + column, from + row * k + k0 + column, 16);
  }
}

extern "C" __global__ void matmul(float* c, const __nv_bfloat16* a, const __nv_bfloat16* b, int k) {
  __shared__ __align__(16) __nv_bfloat16 at[2][TILE * PITCH];
  __shared__ __align__(16) __nv_bfloat16 bt[2][TILE * PITCH];
  int warp = threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  float acc[8][4] = {};
  load_tile(at[0], a, k, 0);
  load_tile(bt[0], b, k, 0);
  __pipeline_commit();
  for (int k0 = 0, stage = 0; k0 < k; k0 += DEPTH, stage ^= 1) {
    if (k0 + DEPTH < k) {
      load_tile(at[stage ^ 1], a, k, k0 + DEPTH);
      load_tile(bt[stage ^ 1], b, k, k0 + DEPTH);
    }
    __pipeline_commit();
    __pipeline_wait_prior(1);
    __syncthreads();
    for (int kk = 0; kk < DEPTH; kk += 16) {
      unsigned fa[4];
      const __nv_bfloat16* pa = at[stage] + (warp * 16 + lane % 16) * PITCH + kk + lane / 16 * 8;
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                   : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3]) : "r"(address(pa)));
      for (int n = 0; n < 8; n++) {
        unsigned fb[2];
        const __nv_bfloat16* pb = bt[stage] + (n * 8 + lane % 8) * PITCH + kk + lane / 8 % 2 * 8;
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
                     : "=r"(fb[0]), "=r"(fb[1]) : "r"(address(pb)));
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                     "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(acc[n][0]), "+f"(acc[n][1]), "+f"(acc[n][2]), "+f"(acc[n][3])
                     : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[0]), "r"(fb[1]));
      }
    }
    __syncthreads();
  }
  for (int n = 0; n < 8; n++) {
    for (int i = 0; i < 4; i++) {
      int row = warp * 16 + lane / 4 + (i / 2) * 8;
      c[row * TILE + n * 8 + lane % 4 * 2 + i % 2] = acc[n][i];
    }
  }
}

// A cooperative launch: blocks meet at a grid barrier.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

// Every block sums its part; after the barrier every block reads all sums.
extern "C" __global__ void grid_sum(int* partial, int* out, const int* in) {
  auto grid = cg::this_grid();
  if (threadIdx.x == 0) {
    int sum = 0;
    for (int i = 0; i < blockDim.x; i++) sum += in[blockIdx.x * blockDim.x + i];
    partial[blockIdx.x] = sum;
  }
  grid.sync();
  if (threadIdx.x == 0) {
    int sum = 0;
    for (int i = 0; i < gridDim.x; i++) sum += partial[i];
    out[blockIdx.x] = sum;
  }
  grid.sync();
  if (grid.thread_rank() == 0) out[0] += 1;
}

// The last block exits before the barrier at which the others wait.
extern "C" __global__ void leaves_early(int* out) {
  if (blockIdx.x == gridDim.x - 1) return;
  cg::this_grid().sync();
  out[blockIdx.x] = 1;
}

// Warps of one block take a lock in shared memory in turn.
extern "C" __global__ void spin_lock(int* out, int rounds) {
  __shared__ int lock, count;
  if (threadIdx.x == 0) lock = count = 0;
  __syncthreads();
  for (int i = 0; i < rounds; i++) {
    if (threadIdx.x % 32 == 0) {
      while (atomicCAS(&lock, 0, 1) != 0) {
      }
      __threadfence_block();
      atomicAdd(&count, 1);
      __threadfence_block();
      atomicExch(&lock, 0);
    }
    __syncwarp();
  }
  __syncthreads();
  if (threadIdx.x == 0) *out = count;
}

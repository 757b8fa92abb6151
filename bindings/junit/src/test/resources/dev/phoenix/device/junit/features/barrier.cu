// cuda::barrier in shared memory on sm_80, and misuse of the underlying mbarrier instructions.
#include <cuda/barrier>
#include <cooperative_groups.h>
#include <utility>
namespace cg = cooperative_groups;
extern "C" __global__ void reverse(int* out, const int* in, int rounds) {
  __shared__ cuda::barrier<cuda::thread_scope_block> bar;
  __shared__ int tile[128];
  if (threadIdx.x == 0) init(&bar, blockDim.x);
  __syncthreads();
  int v = in[threadIdx.x];
  for (int r = 0; r < rounds; r++) {
    tile[threadIdx.x] = v + r;
    bar.arrive_and_wait();
    v = tile[blockDim.x - 1 - threadIdx.x];
    auto token = bar.arrive();
    bar.wait(std::move(token));
  }
  out[threadIdx.x] = v;
}
extern "C" __global__ void staged(int* out, const int* in) {
  __shared__ cuda::barrier<cuda::thread_scope_block> bar;
  __shared__ alignas(16) int tile[128];
  auto block = cg::this_thread_block();
  if (threadIdx.x == 0) init(&bar, blockDim.x);
  block.sync();
  cuda::memcpy_async(&tile[threadIdx.x], &in[threadIdx.x], sizeof(int), bar);
  bar.arrive_and_wait();
  out[threadIdx.x] = tile[(threadIdx.x + 1) % blockDim.x];
}
extern "C" __global__ void dropping(int* out) {
  __shared__ cuda::barrier<cuda::thread_scope_block> bar;
  __shared__ int count;
  if (threadIdx.x == 0) { init(&bar, blockDim.x); count = 0; }
  __syncthreads();
  if (threadIdx.x >= 64) { atomicAdd(&count, 1); bar.arrive_and_drop(); return; }
  bar.arrive_and_wait();
  out[threadIdx.x] = count;
  bar.arrive_and_wait();
}

// Thread 0 makes an error, which the argument selects.
extern "C" __global__ void misuse(int which) {
  __shared__ unsigned long long bar[2];
  unsigned at = (unsigned)__cvta_generic_to_shared(bar);
  if (threadIdx.x == 0) {
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(at), "r"(blockDim.x) : "memory");
  }
  __syncthreads();
  unsigned long long state;
  switch (which) {
    case 0:  // initialised twice
      if (threadIdx.x == 0) asm volatile("mbarrier.init.shared.b64 [%0], 1;" ::"r"(at) : "memory");
      break;
    case 1:  // never initialised
      asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(state) : "r"(at + 8) : "memory");
      break;
    case 2:  // more arrivals than expected: the phase is over twice before thread 0 waits
      asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(state) : "r"(at) : "memory");
      for (int i = 0; i < 2; i++) {
        asm volatile("{ .reg .b64 s; mbarrier.arrive.shared.b64 s, [%0]; }" ::"r"(at) : "memory");
      }
      __syncthreads();
      asm volatile("{ .reg .pred p; mbarrier.test_wait.shared.b64 p, [%0], %1; }" ::"r"(at), "l"(state) : "memory");
      break;
    case 3:  // read as plain memory
      if (bar[0] == 7) __trap();
      break;
    case 4:  // overwritten
      if (threadIdx.x == 0) *(volatile unsigned long long*)bar = 1;
      __syncthreads();
      asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(state) : "r"(at) : "memory");
      break;
    case 5:  // thread 0 never arrives, the others wait
      if (threadIdx.x != 0) {
        unsigned done = 0;
        asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(state) : "r"(at) : "memory");
        while (!done) {
          asm volatile("{ .reg .pred p; mbarrier.test_wait.shared.b64 p, [%1], %2; selp.b32 %0, 1, 0, p; }" : "=r"(done) : "r"(at), "l"(state) : "memory");
        }
      }
      break;
    case 6:  // used before the init can be seen
      break;
  }
}

extern "C" __global__ void unordered_init() {
  __shared__ unsigned long long bar;
  unsigned at = (unsigned)__cvta_generic_to_shared(&bar);
  if (threadIdx.x == 0) {
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(at), "r"(blockDim.x) : "memory");
  }
  unsigned long long state;
  asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(state) : "r"(at) : "memory");
}

// cuda::pipeline, cooperative_groups and cuda::atomic_ref.
#include <cuda/pipeline>
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cooperative_groups/reduce.h>
#include <cuda/atomic>
namespace cg = cooperative_groups;
extern "C" __global__ void stages(int* out, const int* in, int tiles) {
  __shared__ alignas(16) int tile[2][128];
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
  auto block = cg::this_thread_block();
  auto pipe = cuda::make_pipeline(block, &state);
  int sum = 0;
  for (int fetch = 0, compute = 0; compute < tiles; compute++) {
    for (; fetch < tiles && fetch < compute + 2; fetch++) {
      pipe.producer_acquire();
      cuda::memcpy_async(block, tile[fetch % 2], in + fetch * 128, cuda::aligned_size_t<16>(sizeof(int) * 128), pipe);
      pipe.producer_commit();
    }
    pipe.consumer_wait();
    sum += tile[compute % 2][(threadIdx.x * 5 + 1) % 128];
    pipe.consumer_release();
  }
  out[threadIdx.x] = sum;
}
extern "C" __global__ void own_stage(int* out, const int* in) {
  __shared__ int tile[128];
  auto pipe = cuda::make_pipeline();
  pipe.producer_acquire();
  cuda::memcpy_async(&tile[threadIdx.x], &in[threadIdx.x], sizeof(int), pipe);
  pipe.producer_commit();
  pipe.consumer_wait();
  pipe.consumer_release();
  out[threadIdx.x] = tile[threadIdx.x] * 2;
}
extern "C" __global__ void groups(int* out, const int* in, int* total) {
  auto block = cg::this_thread_block();
  auto tile = cg::tiled_partition<8>(block);
  int i = block.thread_rank();
  int sum = cg::reduce(tile, in[i], cg::plus<int>());
  int most = cg::reduce(tile, in[i], cg::greater<int>());
  if (in[i] % 3 == 0) {
    auto active = cg::coalesced_threads();
    int rank = active.thread_rank();
    int first = active.shfl(in[i], 0);
    sum += 1000 * rank + 100000 * active.size() + first * 0;
  }
  out[i] = sum + most;
  cuda::atomic_ref<int, cuda::thread_scope_device> ref(*total);
  ref.fetch_add(in[i], cuda::memory_order_relaxed);
  cuda::atomic_ref<int, cuda::thread_scope_block> peak(total[1]);
  peak.fetch_max(in[i]);
}

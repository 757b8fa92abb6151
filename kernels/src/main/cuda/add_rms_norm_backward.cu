// Gradients of add_rms_norm. Source: docs/model.md#4-transformer and #9-training.
//
// gradResidual [rows, columns] float32, in place: on entry the gradient of the updated residual
// stream from its readers other than the next norm, on return the gradient of the residual stream
// before the addition; gradBranch [rows, columns] bfloat16 or float32 (the entry names it), read by
// the backward products of the branch; branchPartials, nextPartials [parts, columns] float32: sums
// of the scales' gradients over a part's rows, which column_sum sums; gradOut [rows, columns]
// float32, or null with nextPartials and nextScale where the forward pass had no next norm;
// residual (after the sum), branch [rows, columns] float32; branchScale, nextScale [columns]
// float32. Used, columns, parts, block and grid as rms_norm_backward.
#include "rms_norm_backward.cuh"

template <int PER_THREAD, typename T>
__device__ __forceinline__ void backward(float* gradResidual, T* gradBranch, float* branchPartials,
                                         float* nextPartials, const float* gradOut,
                                         const float* residual, const float* branch,
                                         const float* branchScale, const float* nextScale,
                                         const int* used, int columns, int rowsPerPart) {
  NormRow<PER_THREAD> next;
  NormRow<PER_THREAD> last;
  const int first = blockIdx.x * rowsPerPart;
  const int end = min(first + rowsPerPart, used[0]);
  for (int r = first + threadIdx.y; r < end; r += blockDim.y) {
    const size_t start = static_cast<size_t>(r) * columns;
    float grad[PER_THREAD] = {};
    if (gradOut != nullptr) {
      next.load(residual + start, columns);
#pragma unroll
      for (int i = 0; i < PER_THREAD; i++) {
        const int at = i * blockDim.x + threadIdx.x;
        grad[i] = at < columns ? gradOut[start + at] : 0.0f;
      }
      next.backward(grad, nextScale, columns);
    }
    last.load(branch + start, columns);
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      if (at < columns) {
        grad[i] += gradResidual[start + at];
        gradResidual[start + at] = grad[i];
      }
    }
    last.backward(grad, branchScale, columns);
#pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
      const int at = i * blockDim.x + threadIdx.x;
      if (at < columns) {
        store(gradBranch + start + at, grad[i]);
      }
    }
  }
  last.write(branchPartials + static_cast<size_t>(blockIdx.x) * columns, columns);
  if (gradOut != nullptr) {
    __syncthreads();  // the sums share their memory
    next.write(nextPartials + static_cast<size_t>(blockIdx.x) * columns, columns);
  }
}

#define ADD_RMS_NORM_BACKWARD(NAME, T, PER_THREAD) \
  extern "C" __global__ void __launch_bounds__(BLOCK_THREADS) \
      NAME(float* __restrict__ gradResidual, T* __restrict__ gradBranch, \
           float* __restrict__ branchPartials, float* __restrict__ nextPartials, \
           const float* __restrict__ gradOut, const float* __restrict__ residual, \
           const float* __restrict__ branch, const float* __restrict__ branchScale, \
           const float* __restrict__ nextScale, const int* __restrict__ used, \
           int columns, int rowsPerPart) { \
    backward<PER_THREAD>(gradResidual, gradBranch, branchPartials, nextPartials, gradOut, \
                         residual, branch, branchScale, nextScale, used, columns, rowsPerPart); \
  }

ADD_RMS_NORM_BACKWARD(add_rms_norm_backward_bf16_4, bf16, 4)
ADD_RMS_NORM_BACKWARD(add_rms_norm_backward_bf16_16, bf16, 16)
ADD_RMS_NORM_BACKWARD(add_rms_norm_backward_f32_4, float, 4)
ADD_RMS_NORM_BACKWARD(add_rms_norm_backward_f32_16, float, 16)

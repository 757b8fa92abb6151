// The L2 norm of all gradients, the clipping factor, and whether all gradients are finite.
// Source: docs/model.md#9-training; Pascanu et al., arXiv 1211.5063.
//
// gradient_norm: partials [pieces] float64: the sum of squares of a piece's gradients; tensors and
// pieces as in optimizer.cuh, one block per piece.
// gradient_norm_rows: partials for rows of embedding gradients [rows, columns] float32; `used` [1]
// int32: the number of valid rows; block b has rows b * 32 to b * 32 + 32, exclusive, and writes
// partials[b].
// gradient_norm_finish: writes control, from partials [count] and settings [8] float32; a
// non-finite loss [1] float32 (or null) also marks the step as non-finite. One block.
#include "optimizer.cuh"

constexpr float INFINITE = __builtin_huge_valf();

// The block's sum in a fixed order, returned to thread 0.
__device__ __forceinline__ double blockSum(double value) {
  __shared__ double partial[OPTIMIZER_THREADS];
  partial[threadIdx.x] = value;
  __syncthreads();
  for (int half = OPTIMIZER_THREADS / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      partial[threadIdx.x] += partial[threadIdx.x + half];
    }
    __syncthreads();
  }
  return partial[0];
}

extern "C" __global__ void __launch_bounds__(OPTIMIZER_THREADS)
    gradient_norm(double* __restrict__ partials, const Tensor* __restrict__ tensors,
                  const Piece* __restrict__ pieces) {
  const Piece piece = pieces[blockIdx.x];
  const float* gradients = tensors[piece.tensor].gradients;
  const int begin = piece.index * PIECE;
  const int end = min(begin + PIECE, tensors[piece.tensor].count);
  double squares = 0;
  for (int at = begin + threadIdx.x; at < end; at += OPTIMIZER_THREADS) {
    const double gradient = gradients[at];
    squares += gradient * gradient;
  }
  squares = blockSum(squares);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = squares;
  }
}

extern "C" __global__ void __launch_bounds__(OPTIMIZER_THREADS)
    gradient_norm_rows(double* __restrict__ partials, const float* __restrict__ gradients,
                       const int* __restrict__ used, int columns) {
  constexpr int ROWS = 32;
  const int first = blockIdx.x * ROWS;
  const int rows = min(first + ROWS, used[0]) - first;
  double squares = 0;
  for (int at = threadIdx.x; at < rows * columns; at += OPTIMIZER_THREADS) {
    const double gradient = gradients[static_cast<size_t>(first) * columns + at];
    squares += gradient * gradient;
  }
  squares = blockSum(squares);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = squares;
  }
}

extern "C" __global__ void __launch_bounds__(OPTIMIZER_THREADS)
    gradient_norm_finish(Control* __restrict__ control, const double* __restrict__ partials,
                         const Settings* __restrict__ settings, const float* __restrict__ loss,
                         int count) {
  double squares = 0;
  for (int at = threadIdx.x; at < count; at += OPTIMIZER_THREADS) {
    squares += partials[at];
  }
  squares = blockSum(squares);
  if (threadIdx.x != 0) {
    return;
  }
  const double norm = sqrt(squares);
  // Both comparisons are false for NaN.
  const bool finite = norm < 1e300 && (loss == nullptr || fabsf(loss[0]) < INFINITE);
  control->norm = norm;
  control->finite = finite ? 1 : 0;
  control->factor = norm > settings->maxNorm ? static_cast<float>(settings->maxNorm / norm) : 1.0f;
  if (finite) {
    control->taken++;
    control->power1 *= settings->beta1;
    control->power2 *= settings->beta2;
  } else {
    control->skipped++;
  }
}

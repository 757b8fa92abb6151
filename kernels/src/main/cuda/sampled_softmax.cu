// The sampled softmax loss of the two-tower model over rows of dot products, which are replaced by
// their gradients. Source:
// docs/model.md#9-training.
//
// dots [rows, columns] float32, in place: user . candidate, then the loss's gradient by it; losses
// [rows] pairs (loss, its gradient by the log temperature) float32. A column's score is s = dot /
// temperature; bias [columns] is added to the score in the denominator; a bias of minus infinity
// excludes the column; a query's exceptions replace the bias, exceptions [exception count] columns
// and their bias, those of query q from exceptionOffsets[q] to exceptionOffsets[q + 1], exclusive,
// no column twice. The loss is the sum over a query's positives (likewise) of weight * (log(e^z +
// N) - z) with z = s + the positive's own bias and N the denominator. slopes [positive count]
// float32: scratch. Row r is query firstQuery + r. logTemperature [1] float32.
// One block per row, 256 threads; dynamic shared memory: a bit per column.
#include "reduction.cuh"

constexpr int LOSS_THREADS = 256;
constexpr float INFINITE = __builtin_huge_valf();

// Columns with one float each, in lists by query.
struct Entries {
  const int* offsets;
  const int* columns;
  const float* bias;
};

// A sum of exponentials, relative to the largest.
struct Sum {
  float largest;
  float total;

  __device__ __forceinline__ void add(float largestToo, float totalToo) {
    const float most = largestToo > largest ? largestToo : largest;
    if (largestToo == -INFINITE) {
      return;  // the other sum is empty
    }
    total = total * expf(largest - most) + totalToo * expf(largestToo - most);
    largest = most;
  }

  __device__ __forceinline__ float logarithm() const { return largest + logf(total); }
};

// The block's sum in a fixed order, for all threads.
__device__ __forceinline__ Sum blockSum(Sum sum) {
  __shared__ Sum partial[LOSS_THREADS / WARP];
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    const float largest = __shfl_xor_sync(ALL_LANES, sum.largest, distance);
    const float total = __shfl_xor_sync(ALL_LANES, sum.total, distance);
    sum.add(largest, total);
  }
  __syncthreads();  // earlier sums may still be read
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = sum;
  }
  __syncthreads();
  Sum all = {-INFINITE, 0};
  for (int warp = 0; warp < LOSS_THREADS / WARP; warp++) {
    all.add(partial[warp].largest, partial[warp].total);
  }
  return all;
}

struct Row {
  float* dots;
  const float* bias;
  const unsigned* excepted;
  int columns;
  float inverseTemperature;

  __device__ __forceinline__ bool isExcepted(int column) const {
    return (excepted[column / 32] >> column % 32 & 1) != 0;
  }

  __device__ __forceinline__ float score(int column) const {
    return dots[column] * inverseTemperature;
  }

  // The thread's part of the denominator.
  __device__ __forceinline__ Sum sum(const Entries& exceptions, int query) const {
    Sum sum = {-INFINITE, 0};
    for (int column = threadIdx.x; column < columns; column += LOSS_THREADS) {
      if (!isExcepted(column)) {
        sum.add(score(column) + bias[column], 1);
      }
    }
    for (int i = exceptions.offsets[query] + threadIdx.x; i < exceptions.offsets[query + 1];
         i += LOSS_THREADS) {
      if (exceptions.bias[i] != -INFINITE) {
        sum.add(score(exceptions.columns[i]) + exceptions.bias[i], 1);
      }
    }
    return sum;
  }

  // Replaces a dot product by its gradient; returns the gradient by the log temperature.
  __device__ __forceinline__ float writeGradient(int column, float addend, float level) const {
    const float s = score(column);
    const float slope = addend == -INFINITE ? 0.0f : expf(s + addend - level);
    dots[column] = slope * inverseTemperature;
    return slope == 0.0f ? 0.0f : -slope * s;
  }

  __device__ __forceinline__ float writeGradient(const Entries& exceptions, int query,
                                                 float level) const {
    float byTemperature = 0;
    for (int column = threadIdx.x; column < columns; column += LOSS_THREADS) {
      if (!isExcepted(column)) {
        byTemperature += writeGradient(column, bias[column], level);
      }
    }
    for (int i = exceptions.offsets[query] + threadIdx.x; i < exceptions.offsets[query + 1];
         i += LOSS_THREADS) {
      byTemperature += writeGradient(exceptions.columns[i], exceptions.bias[i], level);
    }
    return byTemperature;
  }
};

__device__ __forceinline__ void markExceptions(unsigned* excepted, const Entries& exceptions,
                                               int query, int columns) {
  for (int word = threadIdx.x; word < (columns + 31) / 32; word += LOSS_THREADS) {
    excepted[word] = 0;
  }
  __syncthreads();
  for (int i = exceptions.offsets[query] + threadIdx.x; i < exceptions.offsets[query + 1];
       i += LOSS_THREADS) {
    atomicOr(excepted + exceptions.columns[i] / 32, 1u << exceptions.columns[i] % 32);
  }
  __syncthreads();
}

extern "C" __global__ void __launch_bounds__(LOSS_THREADS, 4)
    sampled_softmax(float* __restrict__ dots, float2* __restrict__ losses,
                    float* __restrict__ slopes, const float* __restrict__ bias,
                    const int* __restrict__ exceptionOffsets,
                    const int* __restrict__ exceptionColumns,
                    const float* __restrict__ exceptionBias,
                    const int* __restrict__ positiveOffsets,
                    const int* __restrict__ positiveColumns, const float* __restrict__ positiveBias,
                    const float* __restrict__ positiveWeights, int firstQuery, int columns,
                    const float* __restrict__ logTemperature) {
  extern __shared__ unsigned excepted[];
  const int query = firstQuery + blockIdx.x;
  const Entries exceptions = {exceptionOffsets, exceptionColumns, exceptionBias};
  const float inverseTemperature = expf(-logTemperature[0]);
  const Row row = {dots + static_cast<size_t>(blockIdx.x) * columns, bias, excepted, columns,
                   inverseTemperature};
  markExceptions(excepted, exceptions, query, columns);
  const float negatives = blockSum(row.sum(exceptions, query)).logarithm();
  float loss = 0;
  float byTemperature = 0;
  Sum shares = {-INFINITE, 0};  // of weight / (e^z + N), over the positives
  for (int p = positiveOffsets[query] + threadIdx.x; p < positiveOffsets[query + 1];
       p += LOSS_THREADS) {
    const float s = row.score(positiveColumns[p]);
    const float z = s + positiveBias[p];
    const float weight = positiveWeights[p];
    // log(e^z + N) - z, from the difference of the two, whichever is larger.
    const float off = negatives - z;
    const float cost = off > 0.0f ? off + log1pf(expf(-off)) : log1pf(expf(off));
    loss += weight * cost;
    shares.add(-(z + cost), weight);
    const float slope = weight * expm1f(-cost);
    slopes[p] = slope * inverseTemperature;
    byTemperature -= slope * s;
  }
  const Sum share = blockSum(shares);
  const float level = share.total == 0.0f ? INFINITE : -share.logarithm();
  byTemperature += row.writeGradient(exceptions, query, level);
  __syncthreads();  // slopes and gradients are written
  if (threadIdx.x == 0) {  // a column may be a positive twice
    for (int p = positiveOffsets[query]; p < positiveOffsets[query + 1]; p++) {
      row.dots[positiveColumns[p]] += slopes[p];
    }
  }
  loss = rowSum(loss);
  byTemperature = rowSum(byTemperature);
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = make_float2(loss, byTemperature);
  }
}

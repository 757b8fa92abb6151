// The ranker's loss over its logits and its gradient: sigmoid cross-entropy of the actions, and a
// distance of one continuous output from the scaled dwell time. Source: docs/model.md#9-training.
//
// gradLogits [rows, columns] float32, written in full; partials [blocks] float32: the loss of a
// block's elements, which column_sum sums; logits [rows, columns] float32: the actions' columns
// first; targets [rows, actions] float32; negativeSample [rows] bytes: in such a row the actions
// firstFeedback to lastFeedback and the dwell time are left out of the loss; dwell [rows] float32
// in [0, 1]; used [1] int32: the number of valid rows, later ones are not read; scale: 1 / that
// number; continuousScale: the weight of the loss of column `output`, or 0; distance 0 mae, 1 mse,
// 2 huber, 3 tweedie of power 1.5. A thread has one element; block 256.
#include "activation.cuh"
#include "reduction.cuh"

struct Loss {
  float value;
  float slope;
};

// max(x, 0) - x t + log(1 + e^-|x|); Not fmaxf, which drops a NaN.
__device__ __forceinline__ Loss crossEntropy(float logit, float target) {
  const float above = logit < 0.0f ? 0.0f : logit;
  return {above - logit * target + log1pf(expf(-fabsf(logit))), sigmoid(logit) - target};
}

__device__ __forceinline__ Loss distanceOf(float p, float y, int kind) {
  const float off = p - y;
  const float size = fabsf(off);
  switch (kind) {
    case 0:
      return {size, off > 0.0f ? 1.0f : off < 0.0f ? -1.0f : off};  // NaN propagates
    case 1:
      return {off * off, 2.0f * off};
    case 2:
      return size > 1.0f ? Loss{size - 0.5f, off > 0.0f ? 1.0f : -1.0f}
                         : Loss{0.5f * off * off, off};
    default: {
      const float root = sqrtf(p);
      return {2.0f * (y / root + root), (1.0f - y / p) / root};
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    action_loss(float* __restrict__ gradLogits, float* __restrict__ partials,
                const float* __restrict__ logits, const float* __restrict__ targets,
                const unsigned char* __restrict__ negativeSample, const float* __restrict__ dwell,
                const int* __restrict__ used, int rows, int columns, int actions,
                int firstFeedback, int lastFeedback, int output, int distance, float scale,
                float continuousScale) {
  const int at = blockIdx.x * blockDim.x + threadIdx.x;
  const int row = at / columns;
  const int column = at % columns;
  Loss loss = {0, 0};
  if (row < used[0]) {
    const bool sampled = negativeSample[row] != 0;
    if (column < actions) {
      if (!(sampled && column >= firstFeedback && column <= lastFeedback)) {
        loss = crossEntropy(logits[at], targets[row * actions + column]);
        loss.value *= scale;
        loss.slope *= scale;
      }
    } else if (column == output && !sampled && continuousScale != 0.0f) {
      const float p = sigmoid(logits[at]);
      loss = distanceOf(p, dwell[row], distance);
      loss.value *= continuousScale;
      loss.slope *= continuousScale * p * (1.0f - p);
    }
  }
  if (row < rows) {
    gradLogits[at] = loss.slope;
  }
  const float sum = rowSum(loss.value);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = sum;
  }
}

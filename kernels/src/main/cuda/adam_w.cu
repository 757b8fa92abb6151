// AdamW over all parameter tensors in one launch: updates the float32 parameters and moments, and
// the copy that matrix products read. Source: docs/model.md#9-training; Loshchilov and Hutter,
// arXiv 1711.05101.
//
// tensors, pieces, control and settings as in optimizer.cuh; control as written by
// gradient_norm_finish: a step with non-finite gradients changes nothing. One block per piece, 256
// threads.
#include "bf16.cuh"
#include "optimizer.cuh"

extern "C" __global__ void __launch_bounds__(OPTIMIZER_THREADS)
    adam_w(const Tensor* __restrict__ tensors, const Piece* __restrict__ pieces,
           const Control* __restrict__ control, const Settings* __restrict__ settings) {
  if (control->finite == 0) {
    return;
  }
  const Piece piece = pieces[blockIdx.x];
  const Tensor tensor = tensors[piece.tensor];
  const Settings s = *settings;
  const float factor = control->factor;
  const float correction1 = static_cast<float>(1.0 / (1.0 - control->power1));
  const float correction2 = static_cast<float>(1.0 / (1.0 - control->power2));
  const int begin = piece.index * PIECE;
  const int end = min(begin + PIECE, tensor.count);
  for (int at = begin + threadIdx.x; at < end; at += OPTIMIZER_THREADS) {
    const float gradient = tensor.gradients[at] * factor;
    const float mean = s.beta1 * tensor.mean[at] + (1.0f - s.beta1) * gradient;
    const float square =
        s.beta2 * tensor.meanSquare[at] + (1.0f - s.beta2) * gradient * gradient;
    tensor.mean[at] = mean;
    tensor.meanSquare[at] = square;
    const float direction = mean * correction1 / (sqrtf(square * correction2) + s.epsilon);
    const float before = tensor.parameters[at];
    const float after = before - s.learningRate * (direction + s.weightDecay * before);
    tensor.parameters[at] = after;
    if (tensor.copy != nullptr) {
      const size_t to =
          static_cast<size_t>(at / tensor.columns) * tensor.stride + at % tensor.columns;
      if (tensor.copyIsBfloat16) {
        static_cast<bf16*>(tensor.copy)[to] = toBf16(after);
      } else {
        static_cast<float*>(tensor.copy)[to] = after;
      }
    }
  }
}

// State shared by the kernels of an optimiser step: the settings, which the host sends, and the
// control block, which stays on the device so that a step with non-finite gradients is skipped
// without a round trip to the host.
// Source: docs/model.md#9-training.
#pragma once

// float32, in this order.
struct Settings {
  float learningRate;
  float beta1;
  float beta2;
  float epsilon;
  float weightDecay;
  float maxNorm;  // gradients with a larger L2 norm are clipped to it
  float rowLearningRate;
  float rowEpsilon;
};

// 48 bytes. Before the first step the two powers are 1 and the rest is 0.
struct Control {
  double power1;  // beta1 to the number of steps taken
  double power2;
  double norm;   // L2 norm of all gradients of this step
  float factor;  // clipping factor of the gradients
  int finite;    // 0: skip this step
  int taken;
  int skipped;
};

// One parameter tensor, 56 bytes.
struct Tensor {
  float* parameters;  // [count]
  float* mean;
  float* meanSquare;
  const float* gradients;
  void* copy;  // the copy that matrix products read, or null: row r of `columns` at r * stride
  int count;
  int columns;
  int stride;
  int copyIsBfloat16;
};

// The piece of a tensor that one block updates.
struct Piece {
  int tensor;
  int index;  // elements index * PIECE to (index + 1) * PIECE, exclusive
};

constexpr int PIECE = 4096;
constexpr int OPTIMIZER_THREADS = 256;

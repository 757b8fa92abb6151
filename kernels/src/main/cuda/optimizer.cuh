// What a step of the optimisers shares: its settings, which the host sends, and its control block,
// which stays on the device, so that a step that is not finite is skipped without asking the host.
// Source: docs/model.md#9-training.
#pragma once

// float32, in this order.
struct Settings {
  float learningRate;
  float beta1;
  float beta2;
  float epsilon;
  float weightDecay;
  float mostNorm;  // gradients longer than this are shortened to it
  float rowLearningRate;
  float rowEpsilon;
};

// 48 bytes, zeros before the first step but for the two powers, which are 1.
struct Control {
  double power1;  // beta1 to the number of steps taken
  double power2;
  double norm;   // of all gradients of this step
  float factor;  // what clipping multiplies them by
  int finite;    // 0: this step changes nothing
  int taken;
  int skipped;
};

// One parameter tensor, 56 bytes.
struct Tensor {
  float* parameters;  // [count]
  float* mean;
  float* meanSquare;
  const float* gradients;
  void* copy;  // what products read, or null: row r of `columns` at r * stride
  int count;
  int columns;
  int stride;
  int copyIsBfloat16;
};

// The piece of a tensor that a block has.
struct Piece {
  int tensor;
  int index;  // elements index * PIECE to (index + 1) * PIECE, exclusive
};

constexpr int PIECE = 4096;
constexpr int OPTIMIZER_THREADS = 256;

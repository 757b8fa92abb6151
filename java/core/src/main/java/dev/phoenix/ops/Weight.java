package dev.phoenix.ops;

import dev.phoenix.tensor.Shape;

/** A matrix or vector of the model in the memory layout of its backend. */
public interface Weight {
  /** [in, out] of a matrix; [1, D] of a scale. */
  Shape shape();
}

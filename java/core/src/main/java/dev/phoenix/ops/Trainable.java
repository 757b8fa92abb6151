package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * A parameter in training: a matrix [in, out], or a scale or scalar [1, D]. It is a {@link Weight},
 * so the forward operations take it; its product forms follow the value only when {@link
 * GradientOps#refresh} is called. All float32.
 */
public interface Trainable extends Weight {
  /** The master weights. */
  Tensor value();

  /** The gradient summed so far. */
  Tensor gradient();

  /** AdamW's mean of gradients. */
  Tensor firstMoment();

  /** AdamW's mean of squared gradients. */
  Tensor secondMoment();
}

package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * A parameter in training: a matrix [in, out], or a scale or scalar [1, D]. It is a {@link Weight},
 * so the forward operations accept it. The packed copies that they read change only with {@link
 * GradientOps#refresh}. The tensors are float32.
 */
public interface Trainable extends Weight {
  /** The master weights. */
  Tensor value();

  /** The gradient summed so far. */
  Tensor gradient();

  /** AdamW's running mean of gradients. */
  Tensor firstMoment();

  /** AdamW's running mean of squared gradients. */
  Tensor secondMoment();
}

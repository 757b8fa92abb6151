package dev.phoenix.ops;

import java.util.Locale;

/** The precision of the forward pass. Source: docs/model.md#8-precision. */
public enum Precision {
  /** Every activation is a float32. */
  FLOAT32,
  /**
   * The transformer's weights and the inputs of its products are rounded to bfloat16: normed rows,
   * rotated queries and keys, values, softmax weights, attended and gated rows. The residual
   * stream, sums, norms, softmax, pooling, features, heads and the candidate tower are float32. A
   * float32 residual stream halves the error and makes no product slower.
   */
  BFLOAT16;

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}

package dev.phoenix.ops;

import java.util.Locale;

/** The precision of the forward pass. Source: SPEC section 8. */
public enum Precision {
  /** Every activation is a float32. */
  FLOAT32,
  /**
   * Weights and every activation that a GPU would keep in a buffer are rounded to bfloat16; sums,
   * norms, softmax, pooling and heads are float32.
   */
  BFLOAT16;

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.phoenix.training;

import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.tensor.Tensor;

/**
 * Dropout of one pass: every place of the graph has masks of its own, which its backward finds
 * again by number.
 *
 * @param seed of the pass
 */
record DropoutMasks(GradientOps ops, double rate, long seed) {
  /** The number of the tokens; blocks count from 0. */
  static final int TOKENS = -1;

  private static final long PLACE = 0xD1B54A32D192ED03L;

  /** Drops nothing. */
  static DropoutMasks none(GradientOps ops) {
    return new DropoutMasks(ops, 0, 0);
  }

  /** Drops elements of {@code x}, or of its gradient, at place {@code place}. */
  void apply(Tensor x, int place) {
    if (rate > 0) {
      ops.dropout(x, new Dropout(seed + PLACE * (place + 2), rate, 0));
    }
  }

  /** The same for the candidates of the pass. */
  DropoutMasks ofCandidates() {
    return new DropoutMasks(ops, rate, ~seed);
  }
}

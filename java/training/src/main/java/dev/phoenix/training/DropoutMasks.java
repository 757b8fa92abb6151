package dev.phoenix.training;

import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.tensor.Tensor;

/**
 * The dropout masks of one pass. Every dropout of the graph has its own number, from which the
 * backward pass recomputes the mask.
 *
 * @param seed seed of the pass
 */
record DropoutMasks(GradientOps ops, double rate, long seed) {
  /** The number of the tokens' dropout; the dropouts of blocks are numbered from 0. */
  static final int TOKENS = -1;

  private static final long PLACE = 0xD1B54A32D192ED03L;

  /** Drops nothing. */
  static DropoutMasks none(GradientOps ops) {
    return new DropoutMasks(ops, 0, 0);
  }

  /** Applies the dropout with number {@code place} to {@code x} or to its gradient. */
  void apply(Tensor x, int place) {
    if (rate > 0) {
      ops.dropout(x, new Dropout(seed + PLACE * (place + 2), rate, 0));
    }
  }

  /** Other masks, for the candidates of the pass. */
  DropoutMasks ofCandidates() {
    return new DropoutMasks(ops, rate, ~seed);
  }
}

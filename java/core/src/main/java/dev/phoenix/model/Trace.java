package dev.phoenix.model;

import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;

/** Observes the hidden rows between the steps of a pass, for parity checks. */
@FunctionalInterface
public interface Trace {
  /** Observes nothing, which lets a pass skip steps that no result needs. */
  Trace NONE =
      new Trace() {
        @Override
        public void see(String step, Tensor hidden, RowLayout rows) {}

        @Override
        public boolean watches() {
          return false;
        }
      };

  /**
   * Called with step {@code input_embeddings} for the tokens and {@code layer_i} after layer i.
   *
   * @param hidden [rows, D], valid during the call
   * @param rows the rows of every request
   */
  void see(String step, Tensor hidden, RowLayout rows);

  /** Whether to compute every step, even those that no result needs. */
  default boolean watches() {
    return true;
  }
}

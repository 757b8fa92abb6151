package dev.phoenix.model;

import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;

/** Sees the hidden rows between the steps of a pass: for parity checks. */
@FunctionalInterface
public interface Trace {
  /** Sees nothing; a pass that nothing watches skips what nothing needs. */
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
   * Called with the tokens as {@code input_embeddings} and after layer i as {@code layer_i}.
   *
   * @param hidden [rows, D], valid during the call
   * @param rows which request owns which rows
   */
  void see(String step, Tensor hidden, RowLayout rows);

  /** Whether every step is to be computed, those included that no result needs. */
  default boolean watches() {
    return true;
  }
}

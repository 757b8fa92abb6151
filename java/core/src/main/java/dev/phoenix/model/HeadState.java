package dev.phoenix.model;

import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/** The logits of every output of a ranker and their sigmoids, both [capacity, outputs]. */
record HeadState(Scope scope, Tensor logits, Tensor probabilities) implements AutoCloseable {
  static HeadState create(Ops ops, int columns, int capacity) {
    Shape shape = new Shape(capacity, columns);
    return Scope.build(
        "head state",
        scope ->
            new HeadState(
                scope,
                ops.tensor(scope, "logits", shape),
                ops.tensor(scope, "probabilities", shape)));
  }

  @Override
  public void close() {
    scope.close();
  }
}

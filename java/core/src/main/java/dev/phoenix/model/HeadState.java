package dev.phoenix.model;

import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/** The logits of every output of a ranker and their sigmoids, both [capacity, outputs]. */
record HeadState(Scope scope, int capacity, Tensor logits, Tensor probabilities) {
  static HeadState create(Ops ops, int columns, int capacity) {
    Scope scope = Scope.create("head state");
    return new HeadState(
        scope,
        capacity,
        ops.tensor(scope, "logits", new Shape(capacity, columns)),
        ops.tensor(scope, "probabilities", new Shape(capacity, columns)));
  }
}

package dev.phoenix.training;

import dev.phoenix.ops.GradientOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/** Memory for the scores of a pass, whose columns change from batch to batch. */
final class ScoreRoom implements AutoCloseable {
  private static final int WIDTH = 64;

  private final GradientOps ops;
  private Scope scope = Scope.create("scores");
  private Tensor storage;
  private long elements;

  ScoreRoom(GradientOps ops) {
    this.ops = ops;
    this.storage = ops.ops().tensor(scope, "scores", new Shape(0, WIDTH));
  }

  /** A tensor [rows, columns]; what the one before held is lost. */
  Tensor of(int rows, int columns) {
    // A backend may pad rows and columns.
    long needed = (rows + 16L) * (columns + WIDTH);
    if (elements < needed) {
      scope.close();
      scope = Scope.create("scores");
      elements = needed + needed / 4;
      storage = ops.ops().tensor(scope, "scores", new Shape((int) (elements / WIDTH) + 1, WIDTH));
    }
    return ops.shaped(storage, new Shape(rows, columns));
  }

  @Override
  public void close() {
    scope.close();
  }
}

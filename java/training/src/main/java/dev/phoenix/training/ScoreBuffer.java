package dev.phoenix.training;

import dev.phoenix.ops.GradientOps;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/** Memory for the scores of a pass, whose number of columns varies by batch. */
final class ScoreBuffer implements AutoCloseable {
  private static final int WIDTH = 64;

  private final GradientOps ops;
  private final Growable<Storage> storage;

  ScoreBuffer(GradientOps ops) {
    this.ops = ops;
    this.storage =
        new Growable<>(
            lines -> Math.addExact(lines, lines / 4), lines -> Storage.create(ops, lines));
  }

  /** A tensor with rows of {@value #WIDTH} elements, used as raw memory. */
  private record Storage(Scope scope, Tensor tensor) implements AutoCloseable {
    static Storage create(GradientOps ops, int lines) {
      return Scope.build(
          "scores",
          scope -> new Storage(scope, ops.tensor(scope, "scores", new Shape(lines, WIDTH))));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** A tensor [rows, columns]; invalidates the previous one. */
  Tensor of(int rows, int columns) {
    // A backend may pad rows and columns.
    long needed = (rows + 16L) * (columns + WIDTH);
    int lines = Math.toIntExact(needed / WIDTH + 1);
    return ops.shaped(storage.reserve(lines).tensor(), new Shape(rows, columns));
  }

  @Override
  public void close() {
    storage.close();
  }
}

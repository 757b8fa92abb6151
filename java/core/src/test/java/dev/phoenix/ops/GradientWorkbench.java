package dev.phoenix.ops;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A training backend and operands for it; rows not in use hold NaN. */
final class GradientWorkbench implements AutoCloseable {
  private static final int SPARE_ROWS = 233;

  final GradientOps ops;
  final Scope scope = Scope.create("gradient workbench");
  final Random random;

  GradientWorkbench(GradientBackend backend, String what) {
    this.ops = backend.create(2);
    this.random = Seeds.random(what);
  }

  float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Values that are exact in bfloat16, so that no backend rounds them. */
  float[] exact(int count) {
    float[] values = values(count);
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & 0xffff0000);
    }
    return values;
  }

  int[] indices(int count, int limit) {
    return random.ints(count, 0, limit).toArray();
  }

  /** A tensor of NaN with {@code rows} of its rows in use. */
  Tensor stale(int rows, int columns) {
    Tensor tensor = ops.tensor(scope, "stale", new Shape(rows + SPARE_ROWS, columns));
    float[] nan = new float[(rows + SPARE_ROWS) * columns];
    Arrays.fill(nan, Float.NaN);
    tensor.set(nan);
    tensor.useRows(rows);
    return tensor;
  }

  Tensor tensor(int rows, int columns, float[] values) {
    Tensor tensor = stale(rows, columns);
    tensor.set(values);
    return tensor;
  }

  Trainable matrix(int in, int out, float[] values) {
    return ready(ops.trainable(scope, "matrix", new Shape(in, out)), values);
  }

  Trainable scale(float[] values) {
    return ready(ops.trainableScale(scope, "scale", values.length), values);
  }

  private Trainable ready(Trainable trainable, float[] values) {
    trainable.value().set(values);
    ops.refresh(List.of(trainable));
    return trainable;
  }

  /**
   * Asserts that errors are at most {@code bound} times the largest value, for sums of terms of
   * about that size.
   */
  static void assertClose(String what, float[] expected, float[] found, double bound) {
    assertClose(what, expected, found, bound, 1e-6);
  }

  /**
   * Asserts that errors are at most {@code bound} times the largest value or {@code size}, the size
   * of terms that may cancel.
   */
  static void assertClose(String what, float[] expected, float[] found, double bound, double size) {
    double largest = size;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double allowed = bound * largest;
    Closeness.assertWithin(what, expected, found, i -> allowed);
  }

  @Override
  public void close() {
    scope.close();
    ops.close();
  }
}

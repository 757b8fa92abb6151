package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Random;

/**
 * A backend, operands for it and its error bounds. Tensors have more rows than they use, and all
 * rows hold NaN at first, so that reads of other rows show.
 */
final class Workbench implements AutoCloseable {
  /** Sizes equal to, below and above the tiles, vectors and paddings of the backends. */
  static final int[] SIZES = {1, 2, 15, 16, 17, 31, 32, 33, 63, 65};

  private static final int SPARE_ROWS = 33;

  final Ops ops;
  final Scope scope = Scope.create("workbench");
  final Random random;

  Workbench(Backend backend, String what) {
    this.ops = backend.create(2);
    this.random = Seeds.random(what);
  }

  boolean rounds() {
    return ops.precision() == Precision.BFLOAT16;
  }

  /** The relative error of a value stored as an activation: half an ulp, and one more. */
  double kept() {
    return 2 * (rounds() ? Closeness.BFLOAT16_ROUNDING : Closeness.FLOAT_ROUNDING);
  }

  /** Normally distributed values, rounded to the precision of activations and matrices. */
  float[] values(int count) {
    float[] values = normal(count);
    for (int i = 0; i < count; i++) {
      values[i] = keptForm(values[i]);
    }
    return values;
  }

  /** Normally distributed float32 values. */
  float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** {@code value} rounded to the precision of activations. */
  float keptForm(float value) {
    return rounds() ? bfloat16(value) : value;
  }

  /** Rounded to the nearest bfloat16, ties to even, by arithmetic on its bits. */
  static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int low = bits & 0xFFFF;
    int high = bits >>> 16;
    boolean up = low > 0x8000 || (low == 0x8000 && (high & 1) == 1);
    return Float.intBitsToFloat((up ? high + 1 : high) << 16);
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

  Weight matrix(int in, int out, float[] values) {
    return ops.matrix(scope, new Shape(in, out), values);
  }

  /** A layout of requests of {@code lengths}, with positions from 0 in each. */
  static RowLayout layout(int... lengths) {
    return fill(new RowLayout(), lengths);
  }

  static RowLayout fill(RowLayout layout, int... lengths) {
    layout.clear();
    for (int length : lengths) {
      layout.beginRequest();
      for (int i = 0; i < length; i++) {
        layout.addRow(i);
      }
    }
    return layout;
  }

  static int[] offsets(int... lengths) {
    int[] offsets = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      offsets[i + 1] = offsets[i] + lengths[i];
    }
    return offsets;
  }

  /** The heads as the scalar definitions take them. */
  static AttentionShape defined(HeadShape shape) {
    return new AttentionShape(
        shape.queryHeads(), shape.keyValueHeads(), shape.headSize(), shape.multiplier());
  }

  /** The rotation as the scalar definition takes it. */
  static RopeReference.Shape defined(RopeShape shape) {
    return new RopeReference.Shape(shape.columns(), shape.heads(), shape.headSize());
  }

  static float[] absolute(float[] values) {
    float[] absolute = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      absolute[i] = Math.abs(values[i]);
    }
    return absolute;
  }

  static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Override
  public void close() {
    scope.close();
    ops.close();
    assertEquals(0, scope.liveBytes(), "bytes that outlive their scope");
  }
}

package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rotary position embedding with tables of cosines and sines that grow with the positions used. */
final class RopeWork extends RowWork {
  private final boolean round;
  private float[] cosines = new float[0];
  private float[] positiveSines = new float[0];
  private float[] negativeSines = new float[0];
  private float[] sines = positiveSines;
  private int headSize;
  private int positions;
  private float[] x = new float[0];
  private int stride;
  private int heads;
  private RowLayout layout = new RowLayout();

  RopeWork(Team team, Precision precision) {
    super(team);
    this.round = precision == Precision.BFLOAT16;
  }

  /** Rotates the first {@code shape.heads()} heads of every row. */
  void run(CpuTensor tensor, RowLayout rows, RopeShape shape) {
    rotate(tensor, rows, shape, false);
  }

  /** Rotates by the negative angles, which is the backward pass. */
  void runBack(CpuTensor tensor, RowLayout rows, RopeShape shape) {
    rotate(tensor, rows, shape, true);
  }

  private void rotate(CpuTensor tensor, RowLayout rows, RopeShape shape, boolean backwards) {
    if (rows.rows() != tensor.rows() || shape.columns() != tensor.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be rotated as %s at %d positions".formatted(tensor, shape, rows.rows()));
    }
    int highest = 0;
    for (int row = 0; row < rows.rows(); row++) {
      highest = Math.max(highest, rows.position(row));
    }
    prepareTable(highest + 1, shape);
    sines = backwards ? negativeSines : positiveSines;
    x = tensor.data();
    stride = tensor.stride();
    heads = shape.heads();
    layout = rows;
    runRows(tensor.rows());
  }

  private void prepareTable(int count, RopeShape shape) {
    if (count <= positions && shape.headSize() == headSize) {
      return;
    }
    headSize = shape.headSize();
    positions = Integer.highestOneBit(Math.max(count, 256) - 1) << 1;
    int half = headSize / 2;
    cosines = new float[positions * half];
    positiveSines = new float[positions * half];
    negativeSines = new float[positions * half];
    for (int i = 0; i < half; i++) {
      float frequency = shape.frequency(i);
      for (int position = 0; position < positions; position++) {
        float angle = position * frequency;
        cosines[position * half + i] = (float) Math.cos(angle);
        positiveSines[position * half + i] = (float) Math.sin(angle);
        negativeSines[position * half + i] = -positiveSines[position * half + i];
      }
    }
  }

  @Override
  void rows(int from, int to) {
    int half = headSize / 2;
    for (int row = from; row < to; row++) {
      int table = layout.position(row) * half;
      for (int head = 0; head < heads; head++) {
        rotate(row * stride + head * headSize, table, half);
      }
    }
    if (round) {
      // Whole rows, because the values are stored with the keys. A separate loop: see
      // MatmulWork.gate.
      Rows.roundToBfloat16(x, from * stride, (to - from) * stride);
    }
  }

  private void rotate(int at, int table, int half) {
    int i = 0;
    for (; i + WIDTH <= half; i += WIDTH) {
      FloatVector cos = FloatVector.fromArray(FLOATS, cosines, table + i);
      FloatVector sin = FloatVector.fromArray(FLOATS, sines, table + i);
      FloatVector first = FloatVector.fromArray(FLOATS, x, at + i);
      FloatVector second = FloatVector.fromArray(FLOATS, x, at + half + i);
      first.mul(cos).sub(second.mul(sin)).intoArray(x, at + i);
      second.mul(cos).add(first.mul(sin)).intoArray(x, at + half + i);
    }
    if (i < half) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, half);
      FloatVector cos = FloatVector.fromArray(FLOATS, cosines, table + i, rest);
      FloatVector sin = FloatVector.fromArray(FLOATS, sines, table + i, rest);
      FloatVector first = FloatVector.fromArray(FLOATS, x, at + i, rest);
      FloatVector second = FloatVector.fromArray(FLOATS, x, at + half + i, rest);
      first.mul(cos).sub(second.mul(sin)).intoArray(x, at + i, rest);
      second.mul(cos).add(first.mul(sin)).intoArray(x, at + half + i, rest);
    }
  }
}

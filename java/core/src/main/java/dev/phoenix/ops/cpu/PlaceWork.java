package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Adds, takes or places rows by index. */
final class PlaceWork extends RowWork {
  private Move move = Move.PLACE;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private int[] indices = new int[0];
  private int outStride;
  private int inStride;

  /** The operation on a row. */
  private enum Move {
    ADD,
    TAKE,
    PLACE
  }

  PlaceWork(Team team) {
    super(team);
  }

  /** out[r] += table[rows[r]]. */
  void add(CpuTensor outTensor, CpuTensor table, int[] rows) {
    requireIndices(rows, outTensor.rows(), 0, table.rows());
    bind(outTensor, table, rows);
    move = Move.ADD;
    runRows(outTensor.rows());
  }

  /** out[r] = x[rows[r]], or zeros where rows[r] is -1. */
  void take(CpuTensor outTensor, CpuTensor x, int[] rows) {
    requireIndices(rows, outTensor.rows(), -1, x.rows());
    bind(outTensor, x, rows);
    move = Move.TAKE;
    runRows(outTensor.rows());
  }

  /** out[rows[r]] = x[r]. */
  void place(CpuTensor outTensor, CpuTensor x, int[] rows) {
    requireIndices(rows, x.rows(), 0, outTensor.rows());
    bind(outTensor, x, rows);
    move = Move.PLACE;
    runRows(x.rows());
  }

  private static void requireIndices(int[] rows, int count, int least, int limit) {
    if (rows.length < count) {
      throw new IllegalArgumentException(
          "%d rows take as many row indices, found %d".formatted(count, rows.length));
    }
    for (int r = 0; r < count; r++) {
      if (rows[r] < least || rows[r] >= limit) {
        throw new IllegalArgumentException(
            "row index %d at %d is outside %d..%d".formatted(rows[r], r, least, limit - 1));
      }
    }
  }

  private void bind(CpuTensor outTensor, CpuTensor x, int[] rows) {
    if (x.columns() != outTensor.columns()) {
      throw new IllegalArgumentException(outTensor + " and " + x + " differ in columns");
    }
    out = outTensor.data();
    in = x.data();
    indices = rows;
    outStride = outTensor.stride();
    inStride = x.stride();
  }

  @Override
  void rows(int from, int to) {
    for (int row = from; row < to; row++) {
      switch (move) {
        case ADD -> addRow(row * outStride, indices[row] * inStride);
        case TAKE -> takeRow(row * outStride, indices[row] * inStride);
        case PLACE ->
            System.arraycopy(in, row * inStride, out, indices[row] * outStride, outStride);
      }
    }
  }

  private void addRow(int to, int from) {
    for (int d = 0; d < outStride; d += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, in, from + d);
      value.add(FloatVector.fromArray(FLOATS, out, to + d)).intoArray(out, to + d);
    }
  }

  private void takeRow(int to, int from) {
    if (from < 0) {
      Arrays.fill(out, to, to + outStride, 0f);
    } else {
      System.arraycopy(in, from, out, to, outStride);
    }
  }
}

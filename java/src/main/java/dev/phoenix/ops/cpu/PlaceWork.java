package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/** Rows by index: added from a table, or placed among other rows. */
final class PlaceWork extends RowWork {
  private boolean adds;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private int[] indices = new int[0];
  private int outStride;
  private int inStride;

  PlaceWork(Team team) {
    super(team);
  }

  /** out[r] += table[rows[r]]. */
  void add(CpuTensor outTensor, CpuTensor table, int[] rows) {
    bind(outTensor, table, rows, outTensor.rows(), table.rows());
    adds = true;
    runRows(outTensor.rows());
  }

  /** out[rows[r]] = x[r]. */
  void place(CpuTensor outTensor, CpuTensor x, int[] rows) {
    bind(outTensor, x, rows, x.rows(), outTensor.rows());
    adds = false;
    runRows(x.rows());
  }

  private void bind(CpuTensor outTensor, CpuTensor x, int[] rows, int count, int limit) {
    if (x.columns() != outTensor.columns() || rows.length < count) {
      throw new IllegalArgumentException(
          "%s and %s do not fit %d row indices".formatted(outTensor, x, rows.length));
    }
    for (int r = 0; r < count; r++) {
      if (rows[r] < 0 || rows[r] >= limit) {
        throw new IllegalArgumentException(
            "row index %d at %d is outside 0..%d".formatted(rows[r], r, limit - 1));
      }
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
      int at = (adds ? row : indices[row]) * outStride;
      int source = (adds ? indices[row] : row) * inStride;
      for (int d = 0; d < outStride; d += WIDTH) {
        FloatVector value = FloatVector.fromArray(FLOATS, in, source + d);
        if (adds) {
          value = value.add(FloatVector.fromArray(FLOATS, out, at + d));
        }
        value.intoArray(out, at + d);
      }
    }
  }
}

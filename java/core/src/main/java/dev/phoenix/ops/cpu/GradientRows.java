package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.HostTable;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Gather, add and dropout of rows in training. */
final class GradientRows {
  private final RowLoop loop;

  GradientRows(RowLoop loop) {
    this.loop = loop;
  }

  void zero(CpuTensor x) {
    float[] data = x.data();
    int stride = x.stride();
    loop.run(x.rows(), (from, to) -> Arrays.fill(data, from * stride, to * stride, 0f));
  }

  void add(CpuTensor out, CpuTensor x) {
    x.shape().require(out.name(), out.shape());
    float[] to = out.data();
    float[] from = x.data();
    int stride = x.stride();
    loop.run(
        x.rows(),
        (begin, end) ->
            WeightGradientWork.addRow(
                to, begin * stride, from, begin * stride, (end - begin) * stride));
  }

  /**
   * Splits the work by columns, so that every element of the table is summed in the same order for
   * any number of threads.
   */
  void addByIndex(CpuTensor table, CpuTensor x, int[] rows) {
    requireIndices(rows, x.rows(), table.rows());
    requireColumns(table, x);
    float[] to = table.data();
    float[] from = x.data();
    int stride = x.stride();
    int vectors = stride / Lanes.ROW_PADDING;
    int parts = Math.min(vectors, loop.threads());
    loop.runParts(
        parts,
        (part, member) -> {
          int begin = vectors * part / parts * Lanes.ROW_PADDING;
          int width = vectors * (part + 1) / parts * Lanes.ROW_PADDING - begin;
          for (int r = 0; r < x.rows(); r++) {
            WeightGradientWork.addRow(
                to, rows[r] * stride + begin, from, r * stride + begin, width);
          }
        });
  }

  void gather(CpuTensor out, HostTable table, int[] rows) {
    int hashes = hashes(out, table);
    requireIndices(rows, out.rows() * hashes, table.rows());
    float[] to = out.data();
    float[] from = table.values();
    int stride = out.stride();
    int columns = table.columns();
    loop.run(
        out.rows(),
        (begin, end) -> {
          for (int use = begin * hashes; use < end * hashes; use++) {
            int at = use / hashes * stride + use % hashes * columns;
            System.arraycopy(from, rows[use] * columns, to, at, columns);
          }
        });
  }

  void addGradients(CpuRowGradients gradients, CpuTensor dOut, int[] rows) {
    int hashes = hashes(dOut, gradients.table());
    requireIndices(rows, dOut.rows() * hashes, gradients.table().rows());
    gradients.add(loop, dOut, rows);
  }

  private static int hashes(CpuTensor x, HostTable table) {
    if (x.columns() % table.columns() != 0) {
      throw new IllegalArgumentException(
          "%s does not hold whole rows of %d".formatted(x, table.columns()));
    }
    return x.columns() / table.columns();
  }

  private static void requireColumns(CpuTensor out, CpuTensor x) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
  }

  private static void requireIndices(int[] rows, int count, int limit) {
    if (rows.length < count) {
      throw new IllegalArgumentException(
          "%d rows take as many row indices, found %d".formatted(count, rows.length));
    }
    for (int r = 0; r < count; r++) {
      if (rows[r] < 0 || rows[r] >= limit) {
        throw new IllegalArgumentException(
            "row index %d at %d is outside 0..%d".formatted(rows[r], r, limit - 1));
      }
    }
  }

  void drop(CpuTensor x, Dropout dropout) {
    float[] data = x.data();
    int stride = x.stride();
    int columns = x.columns();
    float keep = (float) (1 / (1 - dropout.rate()));
    int limit = dropout.limit();
    loop.run(
        x.rows(),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            long key = dropout.rowKey(r);
            int at = r * stride;
            for (int d = 0; d < columns; d++) {
              data[at + d] = Dropout.drops(key, d, limit) ? 0f : data[at + d] * keep;
            }
          }
        });
  }

  /**
   * The sum of squares of {@code length} values from {@code at}: float32 sums per lane, added in
   * double.
   */
  static double sumOfSquares(float[] x, int at, int length, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = at; i < at + length; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, i);
      sum = value.fma(value, sum);
    }
    sum.intoArray(lanes, 0);
    double total = 0;
    for (int lane = 0; lane < WIDTH; lane++) {
      total += lanes[lane];
    }
    return total;
  }
}

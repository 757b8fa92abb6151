package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.AddRowsReference;
import dev.phoenix.kernels.reference.PlaceRowsReference;
import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.HostTable;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;

/** Scalar gather, add, dropout and mean operations on rows. */
final class ReferenceRows {
  private ReferenceRows() {}

  private static float[] values(Tensor tensor) {
    return ReferenceTensor.of(tensor).values();
  }

  static void add(Tensor out, Tensor x) {
    x.shape().require(out.name(), out.shape());
    float[] sum = values(out);
    float[] terms = values(x);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += terms[i];
    }
    out.set(sum);
  }

  static void addByIndex(Tensor table, Tensor x, int[] rows) {
    Operands.requireColumns(table, x);
    Operands.requireRows(rows, x.rows(), table.rows());
    int columns = x.columns();
    float[] from = values(x);
    float[] to = values(table);
    for (int i = 0; i < from.length; i++) {
      to[rows[i / columns] * columns + i % columns] += from[i];
    }
    table.set(to);
  }

  /** out[r] += table[rows[r]]. */
  static void addRows(Tensor out, Tensor table, int[] rows) {
    Operands.requireColumns(out, table);
    Operands.requireRows(rows, out.rows(), table.rows());
    float[] sum = values(out);
    AddRowsReference.apply(sum, values(table), Arrays.copyOf(rows, out.rows()), out.columns());
    out.set(sum);
  }

  /** out[r] = x[rows[r]], or zeros where rows[r] is -1. */
  static void take(Tensor out, Tensor x, int[] rows) {
    Operands.requireColumns(out, x);
    Operands.requireRows(rows, out.rows(), Operands.OR_NONE, x.rows());
    int columns = x.columns();
    float[] from = values(x);
    float[] to = new float[out.shape().elements()];
    for (int r = 0; r < out.rows(); r++) {
      if (rows[r] >= 0) {
        System.arraycopy(from, rows[r] * columns, to, r * columns, columns);
      }
    }
    out.set(to);
  }

  /** out[rows[r]] = x[r]. */
  static void place(Tensor out, Tensor x, int[] rows) {
    Operands.requireColumns(out, x);
    Operands.requireRows(rows, x.rows(), out.rows());
    float[] placed = values(out);
    PlaceRowsReference.apply(placed, values(x), Arrays.copyOf(rows, x.rows()), out.columns());
    out.set(placed);
  }

  static void gather(Tensor out, HostTable table, int[] rows) {
    int columns = table.columns();
    int uses = out.shape().elements() / columns;
    Operands.requireRows(rows, uses, table.rows());
    float[] to = new float[out.shape().elements()];
    for (int use = 0; use < uses; use++) {
      System.arraycopy(table.values(), rows[use] * columns, to, use * columns, columns);
    }
    out.set(to);
  }

  static void drop(Tensor x, Dropout dropout) {
    float[] values = values(x);
    float keep = (float) (1 / (1 - dropout.rate()));
    for (int i = 0; i < values.length; i++) {
      long key = dropout.rowKey(i / x.columns());
      boolean dropped = Dropout.drops(key, i % x.columns(), dropout.limit());
      values[i] = dropped ? 0 : values[i] * keep;
    }
    x.set(values);
  }

  static void means(Tensor out, Tensor x, RowLayout rows, Prefixes prefixes) {
    out.useRows(prefixes.count());
    int columns = x.columns();
    float[] from = values(x);
    float[] to = new float[out.shape().elements()];
    for (int segment = 0; segment < prefixes.segments(); segment++) {
      for (int p = prefixes.begin(segment); p < prefixes.begin(segment + 1); p++) {
        for (int d = 0; d < columns; d++) {
          double sum = 0;
          for (int i = 0; i < prefixes.length(p); i++) {
            sum += from[(rows.begin(segment) + i) * columns + d];
          }
          to[p * columns + d] = (float) (sum / Math.max(1, prefixes.length(p)));
        }
      }
    }
    out.set(to);
  }

  static void meansGradient(Tensor dx, Tensor dOut, RowLayout rows, Prefixes prefixes) {
    dx.useRows(rows.rows());
    int columns = dx.columns();
    float[] from = values(dOut);
    double[] to = new double[dx.shape().elements()];
    for (int segment = 0; segment < prefixes.segments(); segment++) {
      for (int p = prefixes.begin(segment); p < prefixes.begin(segment + 1); p++) {
        for (int i = 0; i < prefixes.length(p) * columns; i++) {
          to[rows.begin(segment) * columns + i] +=
              from[p * columns + i % columns] / (double) prefixes.length(p);
        }
      }
    }
    float[] rounded = new float[to.length];
    for (int i = 0; i < to.length; i++) {
      rounded[i] = (float) to[i];
    }
    dx.set(rounded);
  }

  /** Two matrices of {@code rows} rows, side by side. */
  static float[] beside(int rows, float[] left, float[] right) {
    float[] both = new float[left.length + right.length];
    int columns = rows == 0 ? 0 : left.length / rows;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(left, row * columns, both, 2 * row * columns, columns);
      System.arraycopy(right, row * columns, both, (2 * row + 1) * columns, columns);
    }
    return both;
  }

  static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  /** Multiplies in place. */
  static float[] scaled(float[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
    return values;
  }
}

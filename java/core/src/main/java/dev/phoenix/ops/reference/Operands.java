package dev.phoenix.ops.reference;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Tensor;

/** Checks the shapes of operands. */
final class Operands {
  /** The lowest valid row index if -1 means no row. */
  static final int OR_NONE = -1;

  private Operands() {}

  static void requireColumns(Tensor out, Tensor x) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
  }

  /** Returns the number of table rows per row of {@code out}. */
  static int requireParts(Tensor out, HostRows table) {
    if (out.columns() % table.columns() != 0) {
      throw new IllegalArgumentException("%s does not hold whole rows of %s".formatted(out, table));
    }
    return out.columns() / table.columns();
  }

  static void requireScale(Tensor x, Weight scale) {
    if (scale.shape().rows() != 1 || scale.shape().columns() != x.columns()) {
      throw new IllegalArgumentException(
          "%s needs a scale of %d, found %s".formatted(x, x.columns(), scale.shape()));
    }
  }

  /** Checks that the first {@code count} of {@code rows} are in [0, limit). */
  static void requireRows(int[] rows, int count, int limit) {
    requireRows(rows, count, 0, limit);
  }

  /** Checks that the first {@code count} of {@code rows} are in [least, limit). */
  static void requireRows(int[] rows, int count, int least, int limit) {
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

  static void requireAttention(Tensor out, Tensor qkv, RowLayout queries, HeadShape shape) {
    if (qkv.rows() != queries.rows()
        || qkv.columns() != shape.fusedColumns()
        || out.columns() != shape.queryColumns()) {
      throw new IllegalArgumentException(
          "%s of %d rows cannot attend into %s".formatted(qkv, queries.rows(), out));
    }
  }

  static void requireRequests(RowLayout candidates, RowLayout history) {
    if (candidates.requests() != history.requests()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, histories of %d"
              .formatted(candidates.requests(), history.requests()));
    }
  }
}

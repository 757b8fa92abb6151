package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/**
 * Gradients in the kernels' layouts, and how far they may lie from their definition. A gradient of
 * a key, value or query is a sum of products whose factors (weights, gradients of logits) are
 * rounded to bfloat16 (2^-8 each at worst) and come from tanh.approx: a weight's relative error is
 * |logit| 2^-11, and that of its slope 1 - tanh² is 2^-10 absolutely. The errors hardly agree in
 * sign, so a result's relative L2 error is that of one rounding and those of the weights, and less.
 */
final class AttentionGradients {
  private AttentionGradients() {}

  static void check(String what, float[] expected, float[] actual, double largestLogit) {
    for (float value : actual) {
      assertTrue(Float.isFinite(value), what + ": not finite");
    }
    double bound = Bfloat16.EPSILON + largestLogit * 0x1p-11 + 0x1p-10;
    double error = Tolerance.relativeError(expected, actual);
    assertTrue(error <= bound, what + ": relative L2 error " + error + " exceeds " + bound);
    // No single row may be off either: a wrong row among thousands would hide in the whole.
    double most = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i] - (double) actual[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertTrue(most <= 8 * bound * largest, what + ": off by " + most + " of " + largest);
  }

  /** Rows queries | keys | values from their parts. */
  static float[] fuse(FusedRows rows, float[] queries, float[] keys, float[] values) {
    AttentionHeads heads = rows.heads();
    int columns = heads.fusedColumns();
    int keyColumns = heads.keyHeads() * heads.headSize();
    float[] fused = new float[rows.rows() * columns];
    for (int row = 0; row < rows.rows(); row++) {
      int at = row * columns;
      System.arraycopy(queries, row * heads.queryColumns(), fused, at, heads.queryColumns());
      at += heads.queryColumns();
      System.arraycopy(keys, row * keyColumns, fused, at, keyColumns);
      System.arraycopy(values, row * keyColumns, fused, at + keyColumns, keyColumns);
    }
    return fused;
  }

  /** Keys and values as they are kept: [2, G, rows, K]. */
  static float[] keep(FusedRows rows, float[] keys, float[] values) {
    float[] nothing = new float[rows.rows() * rows.heads().queryColumns()];
    float[] fused = fuse(rows, nothing, keys, values);
    return new FusedRows(rows.heads(), fused, rows.offsets()).kept();
  }

  /** The largest logit of normal vectors: four standard deviations of their product. */
  static double logit(AttentionHeads heads) {
    return Math.min(30, 4 * Math.sqrt(heads.headSize()) * heads.multiplier());
  }

  static String describe(FusedRows rows) {
    return rows.heads() + " " + Arrays.toString(rows.offsets());
  }
}

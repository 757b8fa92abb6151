package dev.phoenix.kernels.check;

import dev.phoenix.kernels.AttentionHeads;

/** Gradients of attention in the kernels' layouts, from their parts. */
final class FusedGradients {
  private FusedGradients() {}

  /** Rows queries | keys | values. */
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

  /** The largest logit of normal vectors: four standard deviations of their product. */
  static double logit(AttentionHeads heads) {
    return Math.min(30, 4 * Math.sqrt(heads.headSize()) * heads.multiplier());
  }
}

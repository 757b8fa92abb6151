package dev.phoenix.kernels.check;

import dev.phoenix.kernels.AttentionHeads;

/** Builds attention gradients in the kernels' fused layout. */
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

  /** An estimate of the largest logit of normal vectors: four standard deviations. */
  static double logit(AttentionHeads heads) {
    return Math.min(30, 4 * Math.sqrt(heads.headSize()) * heads.multiplier());
  }
}

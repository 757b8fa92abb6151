package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.EmbeddingGatherBackwardReference;
import dev.phoenix.ops.RowGradients;
import java.util.Arrays;

/** Row gradients that are summed over all added uses by the reference definition. */
final class ReferenceRowGradients implements RowGradients {
  /** Rows 0 to 64 are padding and reserved: they are never updated. */
  private static final int RESERVED_ROWS = 65;

  private final int columns;
  private int[] rows = new int[0];
  private float[] uses = new float[0];

  ReferenceRowGradients(int columns) {
    this.columns = columns;
  }

  static ReferenceRowGradients of(RowGradients gradients) {
    if (gradients instanceof ReferenceRowGradients reference) {
      return reference;
    }
    throw new IllegalArgumentException(
        "these gradients of rows are not those of the reference backend");
  }

  void add(float[] gradients, int[] used) {
    int before = rows.length;
    int count = gradients.length / columns;
    rows = Arrays.copyOf(rows, before + count);
    System.arraycopy(used, 0, rows, before, count);
    uses = Arrays.copyOf(uses, rows.length * columns);
    System.arraycopy(gradients, 0, uses, before * columns, count * columns);
  }

  /** The rows used and their sums. */
  EmbeddingGatherBackwardReference.RowGradients sums() {
    return EmbeddingGatherBackwardReference.apply(uses, rows, RESERVED_ROWS, columns);
  }

  @Override
  public void clear() {
    rows = new int[0];
    uses = new float[0];
  }

  @Override
  public int count() {
    return sums().rows().length;
  }

  @Override
  public int row(int i) {
    return sums().rows()[i];
  }

  @Override
  public void copyGradient(int i, float[] to) {
    System.arraycopy(sums().gradients(), i * columns, to, 0, columns);
  }
}

package dev.phoenix.kernels.check;

import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.KeepKeyValuesReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import java.util.Arrays;

/**
 * Rows queries | keys | values in the kernels' layout, with access to their parts in the layout of
 * the definitions.
 *
 * @param heads the geometry
 * @param values [rows, (H + 2G) * K], exact in bfloat16
 * @param offsets [segments + 1]
 */
record FusedRows(AttentionHeads heads, float[] values, int[] offsets) {
  /** Random rows: queries scaled so that the logits reach a few units. */
  public static FusedRows random(Numbers numbers, AttentionHeads heads, int... lengths) {
    int[] offsets = offsets(lengths);
    int rows = offsets[lengths.length];
    return new FusedRows(heads, numbers.bfloat16(rows * heads.fusedColumns(), 1), offsets);
  }

  /** The offsets of segments of {@code lengths}. */
  public static int[] offsets(int... lengths) {
    int[] offsets = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      offsets[i + 1] = offsets[i] + lengths[i];
    }
    return offsets;
  }

  /** All rows. */
  public int rows() {
    return offsets[offsets.length - 1];
  }

  /** How many segments. */
  public int segments() {
    return offsets.length - 1;
  }

  /** Rows of the longest segment. */
  public int longest() {
    int longest = 0;
    for (int s = 0; s < segments(); s++) {
      longest = Math.max(longest, offsets[s + 1] - offsets[s]);
    }
    return longest;
  }

  /** The geometry for the definitions. */
  public AttentionShape shape() {
    return new AttentionShape(
        heads.queryHeads(), heads.keyHeads(), heads.headSize(), heads.multiplier());
  }

  /** [rows, H * K]. */
  public float[] queries() {
    return columns(0, heads.queryColumns());
  }

  /** Keys and values, [rows, G * K] each. */
  public SegmentedKeyValues keyValues() {
    int keyColumns = heads.keyHeads() * heads.headSize();
    return new SegmentedKeyValues(
        columns(heads.queryColumns(), keyColumns),
        columns(heads.queryColumns() + keyColumns, keyColumns),
        offsets);
  }

  /** Keys and values in the layout of the cache: [2, G, rows, K]. */
  public float[] kept() {
    float[] kept = new float[2 * heads.keyHeads() * rows() * heads.headSize()];
    KeepKeyValuesReference.apply(kept, values, shape());
    return kept;
  }

  /** The rows from {@code from} to {@code to}, exclusive, as one segment. */
  public FusedRows part(int from, int to) {
    int columns = heads.fusedColumns();
    return new FusedRows(
        heads, Arrays.copyOfRange(values, from * columns, to * columns), offsets(to - from));
  }

  private float[] columns(int from, int count) {
    float[] part = new float[rows() * count];
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(values, row * heads.fusedColumns() + from, part, row * count, count);
    }
    return part;
  }
}

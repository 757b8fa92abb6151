package dev.phoenix.ops;

/**
 * Prefixes of segments: which means are taken of a ragged batch's rows. Reused from batch to batch.
 */
public final class Prefixes {
  private int[] offsets = new int[2];
  private int[] lengths = new int[0];
  private int segments;

  /** No segments yet. */
  public Prefixes() {}

  /** Forgets every segment. */
  public void clear() {
    segments = 0;
    offsets[0] = 0;
  }

  /** Opens the next segment, without prefixes so far. */
  public void beginSegment() {
    segments++;
    if (segments + 1 > offsets.length) {
      offsets = java.util.Arrays.copyOf(offsets, 2 * offsets.length + 1);
    }
    offsets[segments] = offsets[segments - 1];
  }

  /** Adds the prefix of {@code rows} rows, no fewer than the one before it in the segment. */
  public void add(int rows) {
    int at = offsets[segments];
    if (at == lengths.length) {
      lengths = java.util.Arrays.copyOf(lengths, Math.max(64, 2 * at));
    }
    if (rows < 0 || (at > offsets[segments - 1] && lengths[at - 1] > rows)) {
      throw new IllegalArgumentException("prefixes: expected ascending lengths, found " + rows);
    }
    lengths[at] = rows;
    offsets[segments] = at + 1;
  }

  /** The number of segments. */
  public int segments() {
    return segments;
  }

  /** The number of prefixes over all segments. */
  public int count() {
    return offsets[segments];
  }

  /** The first prefix of a segment; of one past the last, the count. */
  public int begin(int segment) {
    return offsets[segment];
  }

  /** The rows of prefix {@code i}. */
  public int length(int i) {
    return lengths[i];
  }
}

package dev.phoenix.ops;

/**
 * Prefixes of the segments of a ragged batch, over which means are taken. Reused from batch to
 * batch.
 */
public final class Prefixes {
  private int[] offsets = new int[2];
  private int[] lengths = new int[0];
  private int segments;

  /** No segments yet. */
  public Prefixes() {}

  /** Removes every segment. */
  public void clear() {
    segments = 0;
    offsets[0] = 0;
  }

  /** Starts the next segment, without prefixes. */
  public void beginSegment() {
    segments++;
    if (segments + 1 > offsets.length) {
      offsets = java.util.Arrays.copyOf(offsets, 2 * offsets.length + 1);
    }
    offsets[segments] = offsets[segments - 1];
  }

  /** Adds a prefix of {@code rows} rows to the current segment; lengths must not decrease. */
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

  /** The first prefix of a segment; {@link #count} for the segment after the last. */
  public int begin(int segment) {
    return offsets[segment];
  }

  /** The number of rows of prefix {@code i}. */
  public int length(int i) {
    return lengths[i];
  }
}

package dev.phoenix.ops;

/**
 * The row layout of a ragged batch: the rows of each request and the position of each row. Only
 * valid tokens have rows, so there is no padding and no mask. Reused from batch to batch; grows
 * with larger batches.
 */
public final class RowLayout {
  private int[] offsets = new int[2];
  private int[] positions = new int[0];
  private boolean[] seesItself = new boolean[0];
  private int requests;
  private int version;

  /** No requests yet. */
  public RowLayout() {}

  /** Removes every request. */
  public void clear() {
    version++;
    requests = 0;
    offsets[0] = 0;
  }

  /** Starts the next request, without rows. */
  public void beginRequest() {
    version++;
    requests++;
    if (requests + 1 > offsets.length) {
      offsets = java.util.Arrays.copyOf(offsets, 2 * offsets.length + 1);
    }
    offsets[requests] = offsets[requests - 1];
  }

  /** Adds a row with this position to the current request. */
  public void addRow(int position) {
    addRow(position, true);
  }

  /**
   * Adds a candidate row; {@code sees} is false for a padding candidate, whose own key is masked.
   */
  public void addRow(int position, boolean sees) {
    version++;
    int row = offsets[requests];
    if (row == positions.length) {
      int capacity = Math.max(256, 2 * row);
      positions = java.util.Arrays.copyOf(positions, capacity);
      seesItself = java.util.Arrays.copyOf(seesItself, capacity);
    }
    positions[row] = position;
    seesItself[row] = sees;
    offsets[requests] = row + 1;
  }

  /** A number that changes with the layout, so that holders of a copy can detect changes. */
  public int version() {
    return version;
  }

  /** The number of requests. */
  public int requests() {
    return requests;
  }

  /** The number of rows over all requests. */
  public int rows() {
    return offsets[requests];
  }

  /** The first row of request {@code request}; the row count for the request after the last. */
  public int begin(int request) {
    return offsets[request];
  }

  /** The row after the last row of request {@code request}. */
  public int end(int request) {
    return offsets[request + 1];
  }

  /** The number of rows of request {@code request}. */
  public int length(int request) {
    return offsets[request + 1] - offsets[request];
  }

  /** The RoPE position of a row. */
  public int position(int row) {
    return positions[row];
  }

  /** Whether a candidate row attends to its own key. */
  public boolean seesItself(int row) {
    return seesItself[row];
  }
}

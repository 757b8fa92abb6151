package dev.phoenix.ops;

/**
 * How the rows of a ragged batch lie: which request owns which rows, and each row's position. Only
 * valid tokens have rows, so there is no padding and no mask. Reused from request to request; grows
 * when a larger batch comes.
 */
public final class RowLayout {
  private int[] offsets = new int[2];
  private int[] positions = new int[0];
  private boolean[] seesItself = new boolean[0];
  private int requests;
  private int version;

  /** No requests yet. */
  public RowLayout() {}

  /** Forgets every request. */
  public void clear() {
    version++;
    requests = 0;
    offsets[0] = 0;
  }

  /** Opens the next request, empty so far. */
  public void beginRequest() {
    version++;
    requests++;
    if (requests + 1 > offsets.length) {
      offsets = java.util.Arrays.copyOf(offsets, 2 * offsets.length + 1);
    }
    offsets[requests] = offsets[requests - 1];
  }

  /** Adds a row with this position to the request opened last. */
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

  /** Another number after every change: for what keeps a copy elsewhere. */
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

  /** The first row of request {@code request}; of one past the last request, the row count. */
  public int begin(int request) {
    return offsets[request];
  }

  /** One past the last row of request {@code request}. */
  public int end(int request) {
    return offsets[request + 1];
  }

  /** The rows of request {@code request}. */
  public int length(int request) {
    return offsets[request + 1] - offsets[request];
  }

  /** The RoPE position of a row. */
  public int position(int row) {
    return positions[row];
  }

  /** Whether a candidate row's own key is visible to it. */
  public boolean seesItself(int row) {
    return seesItself[row];
  }
}

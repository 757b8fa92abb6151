package dev.phoenix.kernels.reference;

import java.util.List;

/** Copies cached keys and values of histories into one batch, in one layer. */
public final class GatherKeyValuesReference {
  private GatherKeyValuesReference() {}

  /**
   * A history in a key/value cache.
   *
   * @param kept [2, G, rows, K]: keys, then values, the rows of one head contiguous
   * @param rows rows of every head of the cache
   * @param first index of the history's first row
   * @param count number of its rows
   */
  public record History(float[] kept, int rows, int first, int count) {}

  /**
   * Copies the rows of {@code histories} one after the other; later rows of {@code out} are
   * unchanged.
   *
   * @param out [2, G, rows, K], updated in place
   * @param rows rows of every head of {@code out}
   * @param shape geometry; only G and K are used
   */
  public static void apply(float[] out, int rows, List<History> histories, AttentionShape shape) {
    int columns = shape.headSize();
    for (int head = 0; head < 2 * shape.keyValueHeads(); head++) {
      int to = head * rows;
      for (History history : histories) {
        int from = head * history.rows() + history.first();
        for (int i = 0; i < history.count() * columns; i++) {
          out[to * columns + i] = history.kept()[from * columns + i];
        }
        to += history.count();
      }
    }
  }
}

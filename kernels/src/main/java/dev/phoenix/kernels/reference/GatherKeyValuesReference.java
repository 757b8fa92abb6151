package dev.phoenix.kernels.reference;

import java.util.List;

/** Brings kept keys and values of histories together, in one layer: a copy. */
public final class GatherKeyValuesReference {
  private GatherKeyValuesReference() {}

  /**
   * A history among others.
   *
   * @param kept [2, G, rows, K]: keys, then values, the rows of one head together
   * @param rows of every head
   * @param first the history's first
   * @param count its rows
   */
  public record History(float[] kept, int rows, int first, int count) {}

  /**
   * The rows of {@code histories}, one after the other; what lies behind them keeps its values.
   *
   * @param out [2, G, rows, K], updated in place
   * @param rows of every head of {@code out}
   * @param shape has G and K
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

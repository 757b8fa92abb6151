package dev.phoenix.feature;

import dev.phoenix.checkpoint.ModelConfig;

/**
 * The part of a history that a model reads: at most S events, from {@code from} (inclusive) to
 * {@code to} (exclusive) in time order. Training, evaluation and serving all use this rule. Source:
 * docs/model.md#7-pipeline.
 *
 * @param from index of the first event that is read
 * @param to index after the last event that is read
 */
public record HistoryWindow(int from, int to) {
  public HistoryWindow {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "expected events from..to with 0 <= from <= to, found %d..%d".formatted(from, to));
    }
  }

  /**
   * The window that the model of {@code config} reads.
   *
   * @param events number of events in the history
   */
  public static HistoryWindow of(ModelConfig config, int events) {
    return HistoryCut.of(config).window(events);
  }

  /** Events that are read. */
  public int length() {
    return to - from;
  }
}

package dev.phoenix.feature;

import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.ModelConfig;

/**
 * How much of any history is read: the rule that gives the {@link HistoryWindow} of a history once
 * its number of events is known. A decoder keeps no more than this while it reads a history.
 *
 * @param end which events of a longer history are read
 * @param length the most events that are read
 */
public record HistoryCut(HistoryEnd end, int length) {
  /** Every event is read. */
  public static final HistoryCut ALL = new HistoryCut(HistoryEnd.LAST, Integer.MAX_VALUE);

  public HistoryCut {
    if (length < 1) {
      throw new IllegalArgumentException("expected 1 event or more, found " + length);
    }
  }

  /** What the model of {@code config} reads. */
  public static HistoryCut of(ModelConfig config) {
    return new HistoryCut(config.sequence().historyEnd(), config.sequence().historySeqLen());
  }

  /** What this or {@code other} reads; everything where they read different ends. */
  public HistoryCut cover(HistoryCut other) {
    if (this.equals(ALL) || other.equals(ALL) || end != other.end) {
      return ALL;
    }
    return length >= other.length ? this : other;
  }

  /** The window of a history of {@code events} events. */
  public HistoryWindow window(int events) {
    int read = Math.min(events, length);
    return end == HistoryEnd.FIRST
        ? new HistoryWindow(0, read)
        : new HistoryWindow(events - read, events);
  }
}

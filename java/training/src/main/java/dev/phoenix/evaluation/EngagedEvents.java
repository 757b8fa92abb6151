package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Events;
import dev.phoenix.feature.HistoryWindow;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A logged user's history as a model reads it. */
public final class EngagedEvents {
  private EngagedEvents() {}

  /**
   * The events of a user's history that the model of {@code config} reads: of the engaged ones
   * among the first {@code known} events those that {@link HistoryWindow} names.
   *
   * @return indices of events, in time order, S at most
   */
  public static int[] read(ModelConfig config, Events events, int known) {
    int[] engaged = IntStream.range(0, known).filter(events::isEngaged).toArray();
    HistoryWindow window = HistoryWindow.of(config, engaged.length);
    return Arrays.copyOfRange(engaged, window.from(), window.to());
  }
}

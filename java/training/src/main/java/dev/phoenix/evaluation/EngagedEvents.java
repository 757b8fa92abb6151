package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Events;
import dev.phoenix.feature.HistoryWindow;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Selects the events of a logged user's history that a model reads. */
public final class EngagedEvents {
  private EngagedEvents() {}

  /**
   * The events that the model of {@code config} reads: the {@link HistoryWindow} of the engaged
   * events among the first {@code known} events.
   *
   * @return indices of events, in time order, S at most
   */
  public static int[] read(ModelConfig config, Events events, int known) {
    int[] engaged = IntStream.range(0, known).filter(events::isEngaged).toArray();
    HistoryWindow window = HistoryWindow.of(config, engaged.length);
    return Arrays.copyOfRange(engaged, window.from(), window.to());
  }
}

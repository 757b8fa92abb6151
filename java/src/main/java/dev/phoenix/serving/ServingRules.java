package dev.phoenix.serving;

import dev.phoenix.checkpoint.HistoryEnd;
import java.util.Optional;

/**
 * What requests are answered by.
 *
 * @param historyEnd which S events of a longer history are read; empty for what the configuration
 *     of each model says
 */
public record ServingRules(Optional<HistoryEnd> historyEnd) {
  /** The models' own end of histories. */
  public static final ServingRules DEFAULT = new ServingRules(Optional.empty());
}

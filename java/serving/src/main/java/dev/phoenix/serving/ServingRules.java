package dev.phoenix.serving;

import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.feature.Exclude;
import dev.phoenix.pipeline.Stages;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What requests are answered by.
 *
 * @param historyEnd which S events of a longer history are read; empty for what the configuration
 *     of each model says
 * @param exclude which posts of a user's history are left out where a request does not say
 * @param stages what a feed goes through, in every model that is loaded
 * @param clock tells when candidates are shown where a request does not say
 */
public record ServingRules(
    Optional<HistoryEnd> historyEnd, Exclude exclude, Stages stages, InstantSource clock) {
  /** The models' own end of histories, no post again that the user has seen, and today's time. */
  public static final ServingRules DEFAULT =
      new ServingRules(
          Optional.empty(), Exclude.SEEN, Stages.RETRIEVAL_AND_RANKING, InstantSource.system());
}

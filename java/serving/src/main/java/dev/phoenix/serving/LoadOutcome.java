package dev.phoenix.serving;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How the last load of a model ended.
 *
 * @param ended when it ended
 * @param took how long it took
 * @param model the name of the artifacts folder, without the path
 * @param version the version that serves since then; empty after a failure
 * @param failure why it failed; empty after a success
 */
public record LoadOutcome(
    Instant ended,
    Duration took,
    String model,
    Optional<String> version,
    Optional<String> failure) {
  /** Whether the model serves. */
  public boolean succeeded() {
    return failure.isEmpty();
  }
}

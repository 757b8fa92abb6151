package dev.phoenix.serving;

import java.util.List;

/** Computes batches. */
@FunctionalInterface
interface BatchRunner {
  /**
   * Completes every request of {@code batch}, with a response or a {@link Rejection}; must not
   * throw.
   *
   * @param worker the index of the calling worker, from 0; each worker has its own thread
   */
  void run(int worker, List<PendingRequest> batch);
}

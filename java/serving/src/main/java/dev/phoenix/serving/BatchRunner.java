package dev.phoenix.serving;

import java.util.List;

/** Computes batches. */
@FunctionalInterface
interface BatchRunner {
  /**
   * Answers every request of {@code batch}, one way or another.
   *
   * @param worker which of the scheduler's workers calls, from 0; each calls from its own thread
   */
  void run(int worker, List<PendingRequest> batch);
}

package dev.phoenix.training.run;

import dev.phoenix.training.StepLog;
import java.util.SequencedMap;

/** Whoever watches a training. */
public interface Progress {
  /** The training goes on from a checkpoint with other settings, which {@code changes} names. */
  default void resumed(String changes) {}

  /** The training begins: {@code steps} at most, {@code made} of them made already. */
  void begin(long steps, long made);

  /** A step was made. */
  void step(StepLog log, double samplesPerSecond);

  /** The model was measured after {@code epoch} epochs. */
  void measured(long epoch, SequencedMap<String, Double> metrics);
}

package dev.phoenix.bench.verify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a verification. It runs in its own process, so that faults of the device or the
 * process do not affect other steps.
 *
 * @param name the name in the summary
 * @param proves what a pass proves
 * @param command the command to run; exit code 0 means success
 * @param longest the time limit
 * @param reading how its output is read
 * @param unavailable the reason why it cannot run here; null if it can
 */
record Step(
    String name,
    String proves,
    List<String> command,
    Duration longest,
    Reading reading,
    @Nullable String unavailable) {

  /** How the outcome is read from the output, besides the exit code. */
  enum Reading {
    /** The exit code decides; the last line is shown. */
    LAST_LINE,
    /** JUnit's summary: at least one test has to have succeeded. */
    TESTS,
    /** compute-sanitizer's summary. */
    SANITIZER
  }

  /** Copies the list. */
  Step {
    command = List.copyOf(command);
  }
}

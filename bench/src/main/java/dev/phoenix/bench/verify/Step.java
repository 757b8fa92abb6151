package dev.phoenix.bench.verify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is proved, by a process of its own: what it does to a device, or to itself, stays
 * there.
 *
 * @param name in the summary
 * @param proves what is known when it has passed
 * @param command to run; its exit code 0 is a success
 * @param longest that it may take
 * @param reading of what it prints
 * @param unavailable why it cannot run here; null where it can
 */
record Step(
    String name,
    String proves,
    List<String> command,
    Duration longest,
    Reading reading,
    @Nullable String unavailable) {

  /** How the outcome is read off the output, beside the exit code. */
  enum Reading {
    /** The exit code says it all; the last line is shown. */
    LAST_LINE,
    /** JUnit's summary: at least one test has to have succeeded. */
    TESTS,
    /** compute-sanitizer's summary. */
    SANITIZER
  }

  /** Keeps a list of its own. */
  Step {
    command = List.copyOf(command);
  }
}

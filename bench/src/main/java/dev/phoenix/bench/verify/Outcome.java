package dev.phoenix.bench.verify;

/**
 * The outcome of a step.
 *
 * @param name the name of the step
 * @param proves what a pass proves
 * @param state how it ended
 * @param detail the count, the first failure or the reason, in one line
 * @param seconds the time it took
 * @param log the file with its output; empty if it did not run
 */
public record Outcome(
    String name, String proves, State state, String detail, double seconds, String log) {
  /** How a step ended. */
  public enum State {
    /** All checks passed. */
    PASSED,
    /** A check or the process failed. */
    FAILED,
    /** It was stopped at its time limit; the rest is unknown. */
    TIMED_OUT,
    /** It was not started, because the budget was used up. */
    NO_TIME,
    /** It cannot run on this machine. */
    UNAVAILABLE;

    /** The text in the summary. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }
}

package dev.phoenix.bench.verify;

/**
 * What became of a step.
 *
 * @param name of the step
 * @param proves what is known when it has passed
 * @param state how it ended
 * @param detail the count, the first failure or the reason, in one line
 * @param seconds that it took
 * @param log file with all it printed; empty where it did not run
 */
public record Outcome(
    String name, String proves, State state, String detail, double seconds, String log) {
  /** How a step ended. */
  public enum State {
    /** Everything it looks at is right. */
    PASSED,
    /** Something is wrong, or the process broke. */
    FAILED,
    /** It was stopped: nothing is known of the rest. */
    TIMED_OUT,
    /** It was not started, because the budget was used up. */
    NO_TIME,
    /** It cannot run on this machine. */
    UNAVAILABLE;

    /** As the summary has it. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }
}

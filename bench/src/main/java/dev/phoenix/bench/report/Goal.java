package dev.phoenix.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * A goal of a figure.
 *
 * @param unit the unit of the limit; may be a phrase, such as "x the fastest peer"
 * @param sense how the measured value is compared with the limit
 * @param wanted the limit
 * @param found the measured value; null or NaN if there is none, which meets no goal
 */
public record Goal(String unit, Sense sense, double wanted, @Nullable Double found) {
  private static final String BESIDE_PEERS = "x the fastest peer";

  /** How a value is compared with its limit. */
  public enum Sense {
    /** The value must be the limit or more. */
    AT_LEAST("at least "),
    /** The value must be the limit or less. */
    AT_MOST("at most "),
    /** The value must be the limit. */
    EXACTLY("");

    private final String text;

    Sense(String text) {
      this.text = text;
    }
  }

  /** The goal that {@code found} is at least {@code wanted}. */
  public static Goal atLeast(double wanted, String unit, double found) {
    return new Goal(unit, Sense.AT_LEAST, wanted, found);
  }

  /** The goal that {@code found} is at most {@code wanted}. */
  public static Goal atMost(double wanted, String unit, double found) {
    return new Goal(unit, Sense.AT_MOST, wanted, found);
  }

  /** A goal for the fastest peer's time over ours, which is measured later. */
  public static Goal besidePeers(double wanted) {
    return new Goal(BESIDE_PEERS, Sense.AT_LEAST, wanted, null);
  }

  /** This goal with the ratio to the fastest peer, if that is what it is about. */
  Goal withRatio(double ratio) {
    return unit.equals(BESIDE_PEERS) ? new Goal(unit, sense, wanted, ratio) : this;
  }

  Goal unmeasured() {
    return new Goal(unit, sense, wanted, null);
  }

  /** Whether the goal was reached; false if it was not measured. */
  public boolean met() {
    Double measured = found;
    return measured != null
        && switch (sense) {
          case AT_LEAST -> measured >= wanted;
          case AT_MOST -> measured <= wanted;
          case EXACTLY -> measured == wanted;
        };
  }

  /** "met", "missed", or "open" if it was not measured. */
  public String verdict() {
    return found == null ? "open" : met() ? "met" : "missed";
  }

  /** The goal as text. */
  public String text() {
    return sense.text + new Quantity(wanted, unit).text();
  }
}

package dev.phoenix.training.run;

import dev.phoenix.training.NumberRange;

/**
 * How long a training goes on.
 *
 * @param epochs at most
 * @param validateEvery epochs from one measurement to the next
 * @param patience measurements without a better one before it ends
 * @param minutes at most, in this process; whatever is trained until then is kept
 */
public record Schedule(long epochs, int validateEvery, int patience, double minutes) {
  /** Numbers of epochs and of measurements. */
  public static final NumberRange COUNTS = NumberRange.of(1, 1 << 20);

  /** Minutes of a training. */
  public static final NumberRange MINUTES = NumberRange.above(0, 1 << 20);

  public Schedule {
    COUNTS.require("epochs", epochs);
    COUNTS.require("epochs from one measurement to the next", validateEvery);
    COUNTS.require("patience", patience);
    MINUTES.require("minutes", minutes);
  }
}

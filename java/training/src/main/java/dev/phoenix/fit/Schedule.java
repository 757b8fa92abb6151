package dev.phoenix.fit;

/**
 * How long a training goes on.
 *
 * @param epochs at most
 * @param examEvery epochs from one measurement to the next
 * @param patience measurements without a better one before it ends
 * @param minutes at most, in this process; whatever is trained until then is kept
 */
public record Schedule(long epochs, int examEvery, int patience, double minutes) {
  public Schedule {
    if (epochs < 1 || examEvery < 1 || patience < 1 || !(minutes > 0)) {
      throw new IllegalArgumentException(
          "expected epochs, measurements, patience and minutes above 0, found %d, %d, %d and %s"
              .formatted(epochs, examEvery, patience, minutes));
    }
  }
}

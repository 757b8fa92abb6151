package dev.phoenix.training;

/** Checks of array lengths in batches. */
final class Sizes {
  private Sizes() {}

  /** Throws unless {@code found} is {@code expected}; {@code what} names the array. */
  static void require(String what, long expected, long found) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "%s: expected %d values, found %d".formatted(what, expected, found));
    }
  }

  /** Throws unless offsets begin at 0, never descend, and end at {@code total}. */
  static void requireOffsets(String what, int[] offsets, int total) {
    if (offsets.length == 0 || offsets[0] != 0) {
      throw new IllegalArgumentException(what + ": expected offsets that begin at 0");
    }
    for (int i = 1; i < offsets.length; i++) {
      if (offsets[i] < offsets[i - 1]) {
        throw new IllegalArgumentException(
            "%s: offset %d is %d, below the one before, %d"
                .formatted(what, i, offsets[i], offsets[i - 1]));
      }
    }
    if (offsets[offsets.length - 1] != total) {
      throw new IllegalArgumentException(
          "%s: expected to end at %d, found %d"
              .formatted(what, total, offsets[offsets.length - 1]));
    }
  }
}

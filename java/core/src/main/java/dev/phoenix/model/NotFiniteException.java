package dev.phoenix.model;

/** What a model computes is NaN or infinite; the message names the output. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  /** The message names what was expected and what was found. */
  public NotFiniteException(String message) {
    super(message);
  }

  /** Refuses {@code values} of which one is not finite; {@code what} names them. */
  public static void require(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NotFiniteException(
            "%s: expected finite values, found %s at index %d".formatted(what, values[i], i));
      }
    }
  }
}

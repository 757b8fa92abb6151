package dev.phoenix.model;

/** Thrown if a model's output is NaN or infinite; the message names the output. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  /** The message names the output, what was expected and what was found. */
  public NotFiniteException(String message) {
    super(message);
  }

  /** Throws if one of {@code values} is not finite; {@code what} names them in the message. */
  public static void require(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NotFiniteException(
            "%s: expected finite values, found %s at index %d".formatted(what, values[i], i));
      }
    }
  }
}

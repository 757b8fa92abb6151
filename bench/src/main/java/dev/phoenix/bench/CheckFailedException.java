package dev.phoenix.bench;

/** A benchmark's results are wrong, so its times would mean nothing. */
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what disagrees. */
  public CheckFailedException(String message) {
    super(message);
  }
}

package dev.phoenix.bench;

/** Thrown when the results of a benchmark are wrong; no time is reported then. */
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates an exception whose message names what disagrees. */
  public CheckFailedException(String message) {
    super(message);
  }
}

package dev.phoenix.bench;

/** A benchmark's results are wrong, so its times would mean nothing. */
final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CheckFailedException(String message) {
    super(message);
  }
}

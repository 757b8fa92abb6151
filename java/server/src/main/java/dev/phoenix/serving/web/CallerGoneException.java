package dev.phoenix.serving.web;

/** Thrown when a connection broke before its request was read or its response was sent. */
public final class CallerGoneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates an exception without a stack trace, because callers may cause many. */
  public CallerGoneException(String message) {
    super(message, null, false, false);
  }
}

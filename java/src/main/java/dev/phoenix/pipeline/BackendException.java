package dev.phoenix.pipeline;

/** A backend that was asked for by name cannot run; the message says why and what helps. */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BackendException(String message) {
    super(message);
  }
}

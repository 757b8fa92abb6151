package dev.phoenix.pipeline;

import org.jspecify.annotations.Nullable;

/** A backend that was asked for by name cannot run; the message says why and what helps. */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message why, and what helps
   * @param cause what the device said; null where it was not asked
   */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

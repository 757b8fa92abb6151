package dev.phoenix.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a backend that was named explicitly cannot run; the message gives the reason and a
 * remedy.
 */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message the reason and a remedy
   * @param cause the device's error; null if no device was called
   */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

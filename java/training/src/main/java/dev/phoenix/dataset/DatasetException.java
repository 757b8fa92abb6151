package dev.phoenix.dataset;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a data file cannot be read or used; the message names file, line, what was expected and
 * found.
 */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error without a cause. */
  public DatasetException(String message) {
    super(message);
  }

  /** An error with a cause. */
  public DatasetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

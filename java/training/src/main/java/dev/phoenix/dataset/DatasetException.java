package dev.phoenix.dataset;

import org.jspecify.annotations.Nullable;

/**
 * A data file cannot be read or used; the message names file, line, what was expected and found.
 */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error with no cause but the file itself. */
  public DatasetException(String message) {
    super(message);
  }

  /** An error that another exception tells more about. */
  public DatasetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

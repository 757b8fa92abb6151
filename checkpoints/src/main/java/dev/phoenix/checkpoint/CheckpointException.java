package dev.phoenix.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A file of a checkpoint cannot be read or written.
 *
 * <p>The message names the file, the entry or key in it, what was expected and what was found; a
 * cause, where there is one, is kept.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with no cause but the file itself. */
  public CheckpointException(String message) {
    super(message);
  }

  /** An error that another exception tells more about. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.phoenix.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a file of a checkpoint cannot be read or written.
 *
 * <p>The message names the file, the entry or key in it, what was expected and what was found; a
 * cause, where there is one, is kept.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception without cause. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Creates an exception with a cause. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

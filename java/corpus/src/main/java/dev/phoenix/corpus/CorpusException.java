package dev.phoenix.corpus;

import org.jspecify.annotations.Nullable;

/** Thrown if a live corpus cannot be opened, written or searched; the message gives the reason. */
public final class CorpusException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error without a cause. */
  public CorpusException(String message) {
    super(message);
  }

  /** An error with a cause. */
  public CorpusException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

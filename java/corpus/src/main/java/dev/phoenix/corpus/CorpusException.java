package dev.phoenix.corpus;

import org.jspecify.annotations.Nullable;

/** A live corpus cannot be opened, written or searched; the message says what was found. */
public final class CorpusException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error with no cause but what the message says. */
  public CorpusException(String message) {
    super(message);
  }

  /** An error that another exception tells more about. */
  public CorpusException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

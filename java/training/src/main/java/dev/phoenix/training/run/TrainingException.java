package dev.phoenix.training.run;

/** A training that cannot go on; the message says why and what to change. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message of one line. */
  public TrainingException(String message) {
    super(message);
  }
}

package dev.phoenix.lifecycle;

/**
 * Thrown out of a thread that its process needs to the end, such as one that runs batches. The
 * handler of uncaught exceptions should end the process, so that a supervisor starts it again.
 */
public final class LoopEndedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * The end of a loop.
   *
   * @param loop what has ended
   * @param cause what was thrown
   */
  public LoopEndedException(String loop, Throwable cause) {
    super(loop + " has ended: " + cause, cause);
  }
}

package dev.phoenix.corpus;

/** Thrown if too many changes wait to be written; the caller may retry later. */
public final class CorpusBusyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** {@code queued} changes wait, at most {@code most} may. */
  public CorpusBusyException(int queued, int most) {
    super("%d changes wait to be written where %d may; try again later".formatted(queued, most));
  }
}

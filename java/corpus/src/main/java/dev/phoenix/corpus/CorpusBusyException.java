package dev.phoenix.corpus;

/** More changes wait than a corpus takes; the same changes may be made later. */
public final class CorpusBusyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** {@code queued} changes wait where {@code most} may. */
  public CorpusBusyException(int queued, int most) {
    super("%d changes wait to be written where %d may; try again later".formatted(queued, most));
  }
}

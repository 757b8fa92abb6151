package dev.phoenix.corpus;

import org.jspecify.annotations.Nullable;

/**
 * Whether a corpus may take the place of another one: not if it missed a change. Thread-safe: a
 * change is missed either before the corpus serves, and then it never serves, or later, and then
 * the change is not acknowledged.
 */
final class SuccessorState {
  private final String name;
  private boolean serves = true;
  private @Nullable Throwable missed;

  /** The state of the corpus {@code name}, which may serve. */
  SuccessorState(String name) {
    this.name = name;
  }

  /** Begins to follow another corpus. */
  synchronized void begin() {
    serves = false;
    missed = null;
  }

  /**
   * Notes that a change of the other corpus was not made.
   *
   * @return whether that change may be acknowledged all the same, because this corpus does not
   *     serve and never will
   */
  synchronized boolean spoil(Throwable cause) {
    if (!serves) {
      missed = cause;
    }
    return !serves;
  }

  /**
   * Lets the corpus serve.
   *
   * @throws CorpusException where it missed a change
   */
  synchronized void adopt() {
    if (missed != null) {
      throw new CorpusException(
          "the corpus %s missed a change of the corpus that serves and cannot take its place: %s"
              .formatted(name, missed.getMessage()),
          missed);
    }
    serves = true;
  }
}

package dev.phoenix.corpus;

/** Thrown for a change of a closed corpus. */
final class CorpusClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  CorpusClosedException() {
    super("the corpus is closed");
  }
}

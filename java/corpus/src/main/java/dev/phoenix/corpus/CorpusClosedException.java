package dev.phoenix.corpus;

/** A change came after the corpus was closed. */
final class CorpusClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  CorpusClosedException() {
    super("the corpus is closed");
  }
}

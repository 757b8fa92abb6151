package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.pipeline.Artifacts;

/** Where the corpora of a model come from. */
public interface CorpusSource extends AutoCloseable {
  /**
   * The corpora of a model, until the lease is closed.
   *
   * @param dimension floats in a vector
   */
  Lease open(Artifacts artifacts, int dimension);

  /** Closes what no lease holds. Leases end before. */
  @Override
  void close();

  /** Corpora in use. */
  interface Lease extends AutoCloseable {
    /** The corpora. */
    Corpora corpora();

    /** Gives them back. Idempotent. */
    @Override
    void close();
  }
}

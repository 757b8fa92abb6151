package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.pipeline.Artifacts;

/** Opens the corpora of a model. */
public interface CorpusSource extends AutoCloseable {
  /**
   * Opens the corpora of a model, which stay open until the lease is closed.
   *
   * @param dimension the number of floats in a vector
   */
  Lease open(Artifacts artifacts, int dimension);

  /** Closes the source; all leases must be closed before. */
  @Override
  void close();

  /** A lease of corpora. */
  interface Lease extends AutoCloseable {
    /** The corpora. */
    Corpora corpora();

    /** Ends the lease. Idempotent. */
    @Override
    void close();
  }
}

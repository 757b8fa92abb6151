package dev.phoenix.feature;

/**
 * The features of one request's candidates, in scoring order. Source: docs/model.md#3-features.
 * Implementations are read from several threads at once.
 */
public interface CandidateFeatures extends EmbeddedRows {
  /** How many candidates, padding included. */
  int count();

  /**
   * The index of candidate {@code i} in the request's full list. A view of a part of the list
   * returns an index other than {@code i}: without right-anchored positions the RoPE position of a
   * candidate depends on its slot, and splitting a list must not change scores.
   */
  default int slot(int i) {
    return i;
  }

  /**
   * The RoPE positions of this request. They differ from {@code model}, the positions for the
   * model's own lengths, where a batch of looked-up embeddings has fewer history positions.
   */
  default Positions positions(Positions model) {
    return model;
  }

  /** Whether candidate {@code i} is a post and not padding: its hash 0 is not zero. */
  boolean isPost(int i);

  /** Writes the I post rows and then the W author rows of candidate {@code i}, concatenated. */
  void copyPost(int i, float[] to, int at);

  /**
   * The combined row of candidate {@code i}'s hash {@code hash}: the I hashes of its post, then the
   * W hashes of its author. Called only where {@link #tables} is not null.
   */
  default long postRow(int i, int hash) {
    throw new IllegalStateException("the posts' rows come with the request");
  }

  /** The product surface of candidate {@code i}; any number, known to the model or not. */
  int surface(int i);

  /** The post age bucket of candidate {@code i}; 0 when its age is not known. */
  int ageBucket(int i);
}

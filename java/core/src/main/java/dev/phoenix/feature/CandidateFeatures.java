package dev.phoenix.feature;

/**
 * What one request says about its candidates, in the order they are to be scored. Source:
 * docs/model.md#3-features. Implementations are read from several threads at once.
 */
public interface CandidateFeatures extends EmbeddedRows {
  /** How many candidates, padding included. */
  int count();

  /**
   * The index of candidate {@code i} in the request's full list. It differs from {@code i} in a
   * view of a part of the list: without right-anchored positions a candidate's position follows
   * from its slot, and cutting a list into parts may change no score.
   */
  default int slot(int i) {
    return i;
  }

  /**
   * The positions of the batch that the list comes in. They differ from {@code model}, those of the
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
   * The combined row of candidate {@code i}'s hash {@code hash}: the I of its post, then the W of
   * its author; asked for where there are tables.
   */
  default long postRow(int i, int hash) {
    throw new IllegalStateException("the posts' rows come with the request");
  }

  /** The product surface of candidate {@code i}; any number, known to the model or not. */
  int surface(int i);

  /** The post age bucket of candidate {@code i}; 0 when its age is not known. */
  int ageBucket(int i);
}

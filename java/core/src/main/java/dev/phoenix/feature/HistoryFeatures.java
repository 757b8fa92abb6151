package dev.phoenix.feature;

/**
 * The features of one request's user and history, by position. Source: docs/model.md#3-features.
 * Implementations are read from several threads at once.
 */
public interface HistoryFeatures extends EmbeddedRows {
  /** Whether there is a user at all: its hash 0 is not zero. */
  boolean hasUser();

  /** Writes the user's U embedding rows, concatenated, to {@code to[at..]}. */
  void copyUser(float[] to, int at);

  /**
   * The combined row of the user's hash {@code hash}. Called only where {@link #tables} is not
   * null.
   */
  default long userRow(int hash) {
    throw new IllegalStateException("the user's rows come with the request");
  }

  /**
   * Writes the sum of the user's IP embedding rows [D] to {@code to[at..]}; called only where the
   * model has IP hashes.
   */
  void copyUserIp(float[] to, int at);

  /** History positions, padding included: at most S. */
  int length();

  /** Whether position {@code i} holds a post: its hash 0 is not zero. */
  boolean isPost(int i);

  /** Writes the I post rows and then the W author rows of position {@code i}, concatenated. */
  void copyPost(int i, float[] to, int at);

  /**
   * The combined row of position {@code i}'s hash {@code hash}: the I hashes of its post, then the
   * W hashes of its author. Called only where {@link #tables} is not null.
   */
  default long postRow(int i, int hash) {
    throw new IllegalStateException("the posts' rows come with the request");
  }

  /** The value of action {@code action} at position {@code i}: 1 where it happened, 0 else. */
  float action(int i, int action);

  /** The product surface of position {@code i}; any number, known to the model or not. */
  int surface(int i);

  /** The dwell time of position {@code i} in seconds; 0 when absent. */
  float dwellSeconds(int i);
}

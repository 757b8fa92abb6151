package dev.phoenix.feature;

/**
 * What one request says about its user and the user's history, position by position. Source: SPEC
 * section 3. Implementations are read from several threads at once.
 */
public interface HistoryFeatures {
  /** Whether there is a user at all: its hash 0 is not zero. */
  boolean hasUser();

  /** Writes the user's U embedding rows, concatenated, to {@code to[at..]}. */
  void copyUser(float[] to, int at);

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

  /** The value of action {@code action} at position {@code i}: 1 where it happened, 0 else. */
  float action(int i, int action);

  /** The product surface of position {@code i}. */
  int surface(int i);

  /** The dwell time of position {@code i} in seconds; 0 when absent. */
  float dwellSeconds(int i);
}

package dev.phoenix.corpus;

/** Turns posts into the vectors that are searched. One thread at a time. */
public interface PostEncoder {
  /** D, floats in a vector. */
  int dimension();

  /**
   * Names what makes the vectors: vectors of encoders with different fingerprints are not compared.
   */
  String fingerprint();

  /**
   * Writes the vectors [postIds.length, D] to {@code out} from its start.
   *
   * @param authorIds the posts' authors, index by index
   */
  void encode(float[] out, long[] postIds, long[] authorIds);
}

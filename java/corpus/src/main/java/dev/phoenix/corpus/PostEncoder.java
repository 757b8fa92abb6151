package dev.phoenix.corpus;

/** Encodes posts as the vectors that are searched. Not thread-safe. */
public interface PostEncoder {
  /** D, floats in a vector. */
  int dimension();

  /** Identifies the encoder; vectors of encoders with different fingerprints are not comparable. */
  String fingerprint();

  /**
   * Writes the vectors [postIds.length, D] to {@code out} from its start.
   *
   * @param authorIds authors by post
   */
  void encode(float[] out, long[] postIds, long[] authorIds);
}

package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.PostEncoder;

/** Vectors of ones, but of one post. */
final class Ones implements PostEncoder {
  /** The post whose vector is not finite. */
  static final long WRONG = 1_000_000_007;

  @Override
  public int dimension() {
    return 2;
  }

  @Override
  public String fingerprint() {
    return "ones";
  }

  @Override
  public void encode(float[] out, long[] postIds, long[] authorIds) {
    for (int i = 0; i < out.length; i++) {
      out[i] = postIds[i / 2] == WRONG ? Float.NaN : 1;
    }
  }
}

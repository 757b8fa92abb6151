package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.PostEncoder;

/** Vectors of ones; that of the post 66 is not finite. */
final class Ones implements PostEncoder {
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
      out[i] = postIds[i / 2] == 66 ? Float.NaN : 1;
    }
  }
}

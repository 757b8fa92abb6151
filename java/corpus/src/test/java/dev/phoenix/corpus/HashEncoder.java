package dev.phoenix.corpus;

/**
 * Encodes posts as vectors of small integers that depend on the ids alone, so that scores are exact
 * and ties common.
 */
record HashEncoder(int dimension, int bound) implements PostEncoder {
  @Override
  public String fingerprint() {
    return "hash-" + bound;
  }

  @Override
  public void encode(float[] out, long[] postIds, long[] authorIds) {
    for (int i = 0; i < postIds.length; i++) {
      float[] vector = vector(postIds[i], authorIds[i]);
      System.arraycopy(vector, 0, out, i * dimension, dimension);
    }
  }

  float[] vector(long postId, long authorId) {
    float[] vector = new float[dimension];
    long state = postId * 31 + authorId;
    for (int d = 0; d < dimension; d++) {
      state = (state ^ (state >>> 29)) * 0xBF58476D1CE4E5B9L + d;
      vector[d] = Math.floorMod(state >>> 17, 2 * bound + 1) - bound;
    }
    return vector;
  }
}

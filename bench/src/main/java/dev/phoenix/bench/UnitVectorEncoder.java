package dev.phoenix.bench;

import dev.phoenix.corpus.PostEncoder;

/**
 * Random vectors of unit length that depend on the post's id alone.
 *
 * @param dimension number of floats in a vector
 */
record UnitVectorEncoder(int dimension) implements PostEncoder {
  @Override
  public String fingerprint() {
    return "unit-vectors";
  }

  @Override
  public void encode(float[] out, long[] postIds, long[] authorIds) {
    for (int i = 0; i < postIds.length; i++) {
      System.arraycopy(UnitVectors.create(dimension, postIds[i]), 0, out, i * dimension, dimension);
    }
  }
}

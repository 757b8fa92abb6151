package dev.phoenix.fit;

/** What a user's next post competes with in a step of the two towers. */
public sealed interface Negatives {
  /** Every post of the catalogue, once each: the softmax is exact. */
  record All() implements Negatives {}

  /**
   * The other users' posts, and drawn ones.
   *
   * @param count how many are drawn for a batch
   * @param popularityExponent how they are drawn: 0 all posts alike, 1 by popularity
   */
  record Sampled(int count, double popularityExponent) implements Negatives {
    public Sampled {
      if (count < 0) {
        throw new IllegalArgumentException("expected 0 or more negatives, found " + count);
      }
    }
  }
}

package dev.phoenix.fit;

/** What a user's next post competes with in a step of the two towers. */
public sealed interface Negatives {
  /** Every post of the catalogue, once each: the softmax is exact. */
  record All() implements Negatives {}

  /**
   * The other users' posts, and as many drawn ones as the recipe says.
   *
   * @param popularityExponent how they are drawn: 0 all posts alike, 1 by popularity
   */
  record Sampled(double popularityExponent) implements Negatives {}
}

package dev.phoenix.scoring;

import java.util.Optional;

/**
 * What keeps posts of one author, or of one kind, apart. The three steps work in this order.
 *
 * @param authorDecay factors by author
 * @param vectors a greedy order by the posts' vectors
 * @param authorWindow author spacing
 */
public record Diversity(
    Optional<AuthorDecay> authorDecay,
    Optional<AuthorWindow> authorWindow,
    Optional<VectorDiversity> vectors) {
  /** Posts in the order of their scores. */
  public static final Diversity NONE =
      new Diversity(Optional.empty(), Optional.empty(), Optional.empty());
}

package dev.phoenix.scoring;

import java.util.Optional;

/**
 * Steps that separate posts of one author or with similar vectors. They run in the order author
 * decay, vectors, author window.
 *
 * @param authorDecay lowers the scores of an author's further posts
 * @param vectors reorders the first posts by the similarity of their vectors
 * @param authorWindow limits the posts of one author in a window
 */
public record Diversity(
    Optional<AuthorDecay> authorDecay,
    Optional<AuthorWindow> authorWindow,
    Optional<VectorDiversity> vectors) {
  /** No diversity: posts stay in the order of their scores. */
  public static final Diversity NONE =
      new Diversity(Optional.empty(), Optional.empty(), Optional.empty());
}

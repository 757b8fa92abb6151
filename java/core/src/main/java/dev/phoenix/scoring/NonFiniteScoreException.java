package dev.phoenix.scoring;

/** A weighted output of a post is not a finite number, so that the post has no place in a feed. */
public final class NonFiniteScoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NonFiniteScoreException(long postId, String output, float value) {
    super(
        "post %s: expected a finite number as %s, found %s"
            .formatted(Long.toUnsignedString(postId), output, value));
  }
}

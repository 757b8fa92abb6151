package dev.phoenix.scoring;

/** Thrown where a weighted output of a post is not finite, so that the post cannot be ordered. */
public final class NonFiniteScoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NonFiniteScoreException(long postId, String output, float value) {
    super(
        "post %s: expected a finite number as %s, found %s"
            .formatted(Long.toUnsignedString(postId), output, value));
  }
}

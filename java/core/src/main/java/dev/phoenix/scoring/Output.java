package dev.phoenix.scoring;

/**
 * Something that a weight can be given to.
 *
 * @param kind which array its values stand in
 * @param index its column there; 0 for {@link Kind#RETRIEVAL}
 */
public record Output(Kind kind, int index) {
  /** The kinds of values of a candidate. */
  public enum Kind {
    /** A discrete action's probability, in (0, 1). */
    ACTION,
    /** A continuous output, in (0, 1). */
    CONTINUOUS,
    /** The retrieval score, user · post, in [-1, 1]. */
    RETRIEVAL
  }

  /** The least value that the output can have. */
  double least() {
    return kind == Kind.RETRIEVAL ? -1 : 0;
  }
}

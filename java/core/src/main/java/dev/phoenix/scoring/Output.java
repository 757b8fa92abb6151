package dev.phoenix.scoring;

/**
 * A value of a candidate that can have a weight.
 *
 * @param kind the array of {@link Candidates} that holds the values
 * @param index the column in that array; 0 for {@link Kind#RETRIEVAL}
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

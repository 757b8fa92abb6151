package dev.phoenix.feature;

/**
 * The RoPE positions of a sequence of one user token, S history positions and candidates. Source:
 * docs/model.md#4-transformer.
 *
 * @param historyLength S
 * @param candidateSlots C: without right anchoring, candidate i of a request has the position of
 *     slot i mod C, however many are scored in one pass
 * @param rightAnchored whether the newest history position is anchored at S and all candidates at 1
 *     + S
 */
public record Positions(int historyLength, int candidateSlots, boolean rightAnchored) {
  /** The user's position. */
  public int user() {
    return 0;
  }

  /** The position of history index {@code i} where {@code validPosts} indices hold posts. */
  public int history(int i, int validPosts) {
    return rightAnchored ? 1 + historyLength - validPosts + i : 1 + i;
  }

  /** The position of the candidate at slot {@code i} of its request's list; padding is no post. */
  public int candidate(int i, boolean isPost) {
    if (rightAnchored) {
      return isPost ? 1 + historyLength : 0;
    }
    return 1 + historyLength + i % candidateSlots;
  }
}

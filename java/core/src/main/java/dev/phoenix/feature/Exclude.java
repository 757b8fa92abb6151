package dev.phoenix.feature;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which posts of a user's own history are left out of the user's feed. */
public enum Exclude {
  /** Every post of the history, including events that the model does not read. */
  SEEN,
  /** None. */
  NONE;

  /**
   * The posts that this rule excludes for a user.
   *
   * @param history [n] post ids of the whole history
   */
  public ExcludedPosts of(long[] history) {
    return this == SEEN ? ExcludedPosts.of(history) : ExcludedPosts.NONE;
  }

  /** Parses {@code seen} or {@code none}; empty for any other word. */
  public static Optional<Exclude> parse(String word) {
    return Arrays.stream(values()).filter(rule -> rule.toString().equals(word)).findFirst();
  }

  /** The lower-case name that the command line and requests use. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.phoenix.feature;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which posts of a user's own history are left out of what is recommended to the user. */
public enum Exclude {
  /** Every post of the history, the events included that a model does not read. */
  SEEN,
  /** None. */
  NONE;

  /**
   * The posts that a user must not be given.
   *
   * @param history [n] post ids of the whole history
   */
  public ExcludedPosts of(long[] history) {
    return this == SEEN ? ExcludedPosts.of(history) : ExcludedPosts.NONE;
  }

  /** The rule of a word, {@code seen} or {@code none}; empty for another word. */
  public static Optional<Exclude> parse(String word) {
    return Arrays.stream(values()).filter(rule -> rule.toString().equals(word)).findFirst();
  }

  /** The word on the command line and in requests, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

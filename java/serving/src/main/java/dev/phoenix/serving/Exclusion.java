package dev.phoenix.serving;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import java.util.Optional;

/**
 * The posts that an answer must not have.
 *
 * @param history which of the user's history; empty for what the server is set to
 * @param posts others, whatever the history
 */
public record Exclusion(Optional<Exclude> history, ExcludedPosts posts) {
  /** What the server is set to, and no others. */
  public static final Exclusion DEFAULT = new Exclusion(Optional.empty(), ExcludedPosts.NONE);

  /** The posts of the history by {@code rule}, and no others. */
  public static Exclusion of(Exclude rule) {
    return new Exclusion(Optional.of(rule), ExcludedPosts.NONE);
  }

  /** The same posts by id alone, so that the history is not needed any more to know them. */
  Exclusion resolve(UserSequence sequence, Exclude standard) {
    long[] seen = sequence.history().stream().mapToLong(UserSequence.Engagement::postId).toArray();
    return new Exclusion(Optional.of(Exclude.NONE), history.orElse(standard).of(seen).and(posts));
  }
}

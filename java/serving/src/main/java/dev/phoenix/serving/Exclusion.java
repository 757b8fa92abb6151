package dev.phoenix.serving;

import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import java.util.Optional;

/**
 * The posts that a response must not have.
 *
 * @param history the rule for posts of the user's history; empty for the server's default
 * @param posts further excluded posts
 */
public record Exclusion(Optional<Exclude> history, ExcludedPosts posts) {
  /** The server's default rule, and no further posts. */
  public static final Exclusion DEFAULT = new Exclusion(Optional.empty(), ExcludedPosts.NONE);

  /** Excludes posts of the history by {@code rule}, and no further posts. */
  public static Exclusion of(Exclude rule) {
    return new Exclusion(Optional.of(rule), ExcludedPosts.NONE);
  }

  /** The same exclusion as a list of ids, which no longer needs the history. */
  Exclusion resolve(SeenPosts seen, Exclude standard) {
    return new Exclusion(
        Optional.of(Exclude.NONE), history.orElse(standard).of(seen.ids()).and(posts));
  }
}

package dev.phoenix.world;

/**
 * The size of a synthetic world.
 *
 * @param users number of users
 * @param authors number of authors
 * @param posts number of posts
 * @param impressions mean number of impressions per user; a user's number differs from it by at
 *     most half
 * @param days duration in days
 */
public record WorldSize(int users, int authors, int posts, int impressions, int days) {
  /** The size of the demo's training data. */
  public static final WorldSize DEMO = new WorldSize(2000, 250, 4000, 80, 14);

  public WorldSize {
    require("users", users, 1, 1 << 24);
    require("authors", authors, Topic.ALL.size(), 1 << 20);
    require("posts", posts, 2 * Topic.ALL.size(), 1 << 24);
    require("impressions", impressions, 4, posts / 2);
    require("days", days, 1, 3650);
  }

  private static void require(String what, int found, int min, int max) {
    if (found < min || found > max) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, found %d".formatted(what, min, max, found));
    }
  }
}

package dev.phoenix.world;

/**
 * How large a world is.
 *
 * @param users who look at posts
 * @param authors who write them
 * @param posts how many they write
 * @param impressions how many posts a user is shown, on average; each user's own number lies within
 *     half of it
 * @param days how long it all takes
 */
public record WorldSize(int users, int authors, int posts, int impressions, int days) {
  /** What the demo's models are trained on. */
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

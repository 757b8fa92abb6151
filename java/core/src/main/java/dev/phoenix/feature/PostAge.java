package dev.phoenix.feature;

/** When a post was created, and the bucket of its age. Source: docs/model.md#3-features. */
public final class PostAge {
  /** Posts older than this share the last bucket. */
  public static final int MAX_MINUTES = 4800;

  /**
   * The largest accepted time in seconds, the end of the year 9999. A present time in milliseconds
   * exceeds it.
   */
  public static final long MAX_SECONDS = 253_402_300_799L;

  private static final int SNOWFLAKE_BITS = 22;
  private static final long SNOWFLAKE_EPOCH_MILLIS = 1_288_834_974_657L;
  private static final long DAY_SECONDS = 86_400;
  private static final long MILLIS = 1000;

  private PostAge() {}

  /**
   * Returns {@code seconds} if it is a valid time or 0, which means unknown.
   *
   * @throws IllegalArgumentException for any other value; the message names {@code what}
   */
  public static long requireTime(String what, long seconds) {
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "%s: expected seconds since the epoch, 0 to %d, found %d"
              .formatted(what, MAX_SECONDS, seconds));
    }
    return seconds;
  }

  /**
   * The creation time of a post in seconds since the epoch: {@code known} unless it is 0, else the
   * time in the id if the id is a snowflake, else 0.
   *
   * <p>The bits of a snowflake above its lower 22 are the milliseconds since
   * 2010-11-04T01:42:54.657Z, the epoch of snowflakes. An id counts as a snowflake if its time is
   * at least one day after that epoch, so that sequential ids (below 3.6e14) do not count, and at
   * most one day after the impression, so that random ids rarely count.
   *
   * @param postId 64 bits, unsigned
   * @param known seconds since the epoch; 0 where unknown
   * @param impressionSeconds when the post is shown
   */
  public static long created(long postId, long known, long impressionSeconds) {
    if (known != 0) {
      return known;
    }
    long millis = postId >>> SNOWFLAKE_BITS;
    long seconds = (millis + SNOWFLAKE_EPOCH_MILLIS) / MILLIS;
    boolean isTime = millis >= DAY_SECONDS * MILLIS && seconds <= impressionSeconds + DAY_SECONDS;
    return isTime ? seconds : 0;
  }

  /**
   * The bucket of a post's age.
   *
   * @param impressionSeconds when the post is shown, in seconds since the epoch; 0 if unknown
   * @param createdSeconds when the post was created, in seconds since the epoch; 0 if unknown
   * @param granularityMinutes the width of a bucket in minutes
   * @return 0 when a time is unknown or the age is negative, else 1 + age / granularity, at most
   *     4800 / granularity + 1
   */
  public static int bucket(long impressionSeconds, long createdSeconds, int granularityMinutes) {
    if (impressionSeconds == 0 || createdSeconds == 0) {
      return 0;
    }
    long minutes = Math.floorDiv(impressionSeconds - createdSeconds, 60);
    if (minutes < 0) {
      return 0;
    }
    int last = MAX_MINUTES / granularityMinutes + 1;
    return (int) Math.min(minutes / granularityMinutes + 1, last);
  }
}

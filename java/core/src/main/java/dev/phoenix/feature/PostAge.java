package dev.phoenix.feature;

/** Post age buckets. Source: SPEC section 3. */
public final class PostAge {
  /** Posts older than this share the last bucket. */
  public static final int MAX_MINUTES = 4800;

  private PostAge() {}

  /**
   * The bucket of a post's age.
   *
   * @param impressionSeconds when the candidate is shown, in seconds since the epoch; 0 if unknown
   * @param createdSeconds when the post was created, likewise
   * @param granularityMinutes the width of a bucket
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

package dev.phoenix.dataset;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one user was shown, in time order, and what came of it. Actions are bits by action index in
 * the taxonomy {@code enum} (docs/model.md#5-ranker-outputs), as the published pipeline counts
 * them.
 *
 * @param posts [n] indices into the catalogue
 * @param actions [n] a bit per action; 0 where nothing happened
 * @param dwellSeconds [n] time spent; empty where unknown
 * @param surfaces [n] product surfaces; empty where unknown
 * @param seconds [n] when, in seconds since the epoch; empty where unknown
 */
public record Events(
    int[] posts, int[] actions, float[] dwellSeconds, int[] surfaces, long[] seconds) {
  /** Indices of the actions that datasets use. */
  public static final int FAVORITE = 1;

  /** The user replied. */
  public static final int REPLY = 4;

  /** The user reposted. */
  public static final int REPOST = 6;

  /** The user stayed with the post. */
  public static final int DWELL = 11;

  /** The user watched its video. */
  public static final int VIDEO_VIEW = 13;

  /** The user asked for less of this. */
  public static final int NOT_INTERESTED = 17;

  /** Actions 14 to 17 are negative feedback (docs/model.md#9-training). */
  public static final int NEGATIVE_FEEDBACK = 0b1111 << 14;

  public Events {
    int count = posts.length;
    boolean fits =
        actions.length == count
            && (dwellSeconds.length == 0 || dwellSeconds.length == count)
            && (surfaces.length == 0 || surfaces.length == count)
            && (seconds.length == 0 || seconds.length == count);
    if (!fits) {
      throw new IllegalArgumentException(
          "%d posts, %d actions, %d dwell times, %d surfaces, %d times"
              .formatted(
                  count, actions.length, dwellSeconds.length, surfaces.length, seconds.length));
    }
  }

  /** Posts that got {@code action} each, and of which nothing more is known. */
  public static Events of(int[] posts, int action) {
    int[] actions = new int[posts.length];
    Arrays.fill(actions, 1 << action);
    return new Events(posts, actions, new float[0], new int[0], new long[0]);
  }

  /** How many. */
  public int count() {
    return posts.length;
  }

  /** Whether the user did anything with post {@code i}. */
  public boolean isEngaged(int i) {
    return actions[i] != 0;
  }

  /** Whether the user did anything with post {@code i} but give negative feedback. */
  public boolean isPositive(int i) {
    return (actions[i] & ~NEGATIVE_FEEDBACK) != 0;
  }

  /** Whether action {@code action} happened at {@code i}; of those from 32 on no data tell. */
  public boolean did(int i, int action) {
    return action < Integer.SIZE && (actions[i] >>> action & 1) != 0;
  }

  /** The time spent at {@code i}; 0 where unknown. */
  public float dwell(int i) {
    return dwellSeconds.length == 0 ? 0 : dwellSeconds[i];
  }

  /** The product surface of {@code i}; 0 where unknown. */
  public int surface(int i) {
    return surfaces.length == 0 ? 0 : surfaces[i];
  }

  /** When {@code i} happened; 0 where unknown. */
  public long time(int i) {
    return seconds.length == 0 ? 0 : seconds[i];
  }

  /** The engaged ones. */
  public Events engaged() {
    return select(this::isEngaged);
  }

  /** Those at {@code from} to {@code to} (exclusive). */
  public Events slice(int from, int to) {
    return select(i -> i >= from && i < to);
  }

  private Events select(IntPredicate wanted) {
    int[] kept = IntStream.range(0, count()).filter(wanted).toArray();
    if (kept.length == count()) {
      return this;
    }
    float[] dwell = new float[dwellSeconds.length == 0 ? 0 : kept.length];
    for (int i = 0; i < dwell.length; i++) {
      dwell[i] = dwellSeconds[kept[i]];
    }
    return new Events(
        at(kept, posts),
        at(kept, actions),
        dwell,
        surfaces.length == 0 ? surfaces : at(kept, surfaces),
        seconds.length == 0 ? seconds : IntStream.of(kept).mapToLong(i -> seconds[i]).toArray());
  }

  private static int[] at(int[] indices, int[] values) {
    return IntStream.of(indices).map(i -> values[i]).toArray();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Events that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {posts, actions, dwellSeconds, surfaces, seconds};
  }
}

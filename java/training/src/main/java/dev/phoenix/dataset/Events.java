package dev.phoenix.dataset;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The impressions of one user in time order, with the user's actions. An action is a bit whose
 * number is the action index of the taxonomy {@code enum} (docs/model.md#5-ranker-outputs).
 *
 * @param posts [n] indices into the catalogue
 * @param actions [n] one bit per action; 0 for no action
 * @param dwellSeconds [n] dwell times; empty if unknown
 * @param surfaces [n] product surfaces; empty if unknown
 * @param seconds [n] times of the impressions, in seconds since the epoch; empty if unknown
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

  /** Events with one action each and no further details. */
  public static Events of(int[] posts, int action) {
    int[] actions = new int[posts.length];
    Arrays.fill(actions, 1 << action);
    return new Events(posts, actions, new float[0], new int[0], new long[0]);
  }

  /** The number of events. */
  public int count() {
    return posts.length;
  }

  /** Whether event {@code i} has an action. */
  public boolean isEngaged(int i) {
    return actions[i] != 0;
  }

  /** Whether event {@code i} has an action other than negative feedback. */
  public boolean isPositive(int i) {
    return (actions[i] & ~NEGATIVE_FEEDBACK) != 0;
  }

  /**
   * Whether event {@code i} has action {@code action}; false for actions from 32 on, which no
   * dataset has.
   */
  public boolean did(int i, int action) {
    return action < Integer.SIZE && (actions[i] >>> action & 1) != 0;
  }

  /** The dwell time of event {@code i} in seconds; 0 if unknown. */
  public float dwell(int i) {
    return dwellSeconds.length == 0 ? 0 : dwellSeconds[i];
  }

  /** The product surface of event {@code i}; 0 if unknown. */
  public int surface(int i) {
    return surfaces.length == 0 ? 0 : surfaces[i];
  }

  /** The time of event {@code i} in seconds since the epoch; 0 if unknown. */
  public long time(int i) {
    return seconds.length == 0 ? 0 : seconds[i];
  }

  /** The events with an action. */
  public Events engaged() {
    return select(this::isEngaged);
  }

  /** The events from {@code from} to {@code to} (exclusive). */
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

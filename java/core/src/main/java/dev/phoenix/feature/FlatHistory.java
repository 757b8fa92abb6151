package dev.phoenix.feature;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A user's events in time order as flat arrays, which take a small part of the memory of a {@link
 * UserSequence}. The actions of an event are in ascending order of their indices. Immutable.
 */
public final class FlatHistory {
  private static final int OBJECT_BYTES = 256;

  private final long userId;
  private final long[] postIds;
  private final long[] authorIds;

  /** The end of each event's actions in {@link #indices} and {@link #values}. */
  private final int[] ends;

  private final int[] indices;
  private final float[] values;
  private final EngagementDetails details;

  /** Takes ownership of the arrays. */
  FlatHistory(long userId, Events events, EngagementDetails details) {
    this.userId = userId;
    this.postIds = events.postIds();
    this.authorIds = events.authorIds();
    this.ends = events.ends();
    this.indices = events.indices();
    this.values = events.values();
    this.details = details;
  }

  /**
   * The arrays of a history.
   *
   * @param postIds 64-bit post ids
   * @param authorIds 64-bit author ids
   * @param ends the end of each event's actions in the two arrays that follow
   * @param indices the indices of actions
   * @param values their values
   */
  record Events(long[] postIds, long[] authorIds, int[] ends, int[] indices, float[] values) {
    /** Events {@code from} (inclusive) to {@code to} (exclusive), copied. */
    Events part(int from, int to) {
      int first = from == 0 ? 0 : ends[from - 1];
      int last = to == 0 ? 0 : ends[to - 1];
      int[] shifted = Arrays.copyOfRange(ends, from, to);
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] -= first;
      }
      return new Events(
          Arrays.copyOfRange(postIds, from, to),
          Arrays.copyOfRange(authorIds, from, to),
          shifted,
          Arrays.copyOfRange(indices, first, last),
          Arrays.copyOfRange(values, first, last));
    }
  }

  /** The history of {@code sequence}. */
  public static FlatHistory of(UserSequence sequence, EngagementDetails details) {
    FlatHistoryBuilder builder = new FlatHistoryBuilder(HistoryCut.ALL);
    for (Engagement engagement : sequence.history()) {
      engagement.actions().forEach(builder::action);
      builder.event(engagement.postId(), engagement.authorId());
    }
    return new FlatHistory(sequence.userId(), builder.events(), details);
  }

  /** 64-bit id of the user. */
  public long userId() {
    return userId;
  }

  /** The number of events. */
  public int length() {
    return postIds.length;
  }

  /** 64-bit id of the post of event {@code i}. */
  public long postId(int i) {
    return postIds[i];
  }

  /** 64-bit id of the author of event {@code i}. */
  public long authorId(int i) {
    return authorIds[i];
  }

  /** The number of actions of all events. */
  public int actions() {
    return indices.length;
  }

  /** The first action of event {@code i}, for {@link #index} and {@link #value}. */
  public int firstAction(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  /** The end of the actions of event {@code i}. */
  public int endOfActions(int i) {
    return ends[i];
  }

  /** The index of action {@code at} in the model's taxonomy. */
  public int index(int at) {
    return indices[at];
  }

  /** The value of action {@code at}. */
  public float value(int at) {
    return values[at];
  }

  /** Surfaces, dwell times and the IP id. */
  public EngagementDetails details() {
    return details;
  }

  /** The events of {@code window}; this history where that is all of it. */
  public FlatHistory part(HistoryWindow window) {
    if (window.length() == length()) {
      return this;
    }
    Events all = new Events(postIds, authorIds, ends, indices, values);
    return new FlatHistory(userId, all.part(window.from(), window.to()), details.part(window));
  }

  /** The bytes that this history takes on the heap, roughly. */
  public long bytes() {
    return OBJECT_BYTES
        + (long) length() * (2 * Long.BYTES + Integer.BYTES)
        + (long) actions() * (Integer.BYTES + Float.BYTES)
        + (long) (details.surfaces().length + details.dwellSeconds().length) * Integer.BYTES;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FlatHistory that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {userId, postIds, authorIds, ends, indices, values, details};
  }
}

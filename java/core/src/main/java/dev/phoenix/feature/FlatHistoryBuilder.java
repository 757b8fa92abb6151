package dev.phoenix.feature;

import dev.phoenix.checkpoint.HistoryEnd;
import java.util.Arrays;

/**
 * Collects the events of a history while it is decoded. However long the history is, it holds about
 * twice the events that are read. Not thread-safe.
 */
public final class FlatHistoryBuilder {
  private static final int FIRST_EVENTS = 16;
  private static final int FIRST_ACTIONS = 64;

  private final HistoryCut cut;
  private long[] postIds = new long[FIRST_EVENTS];
  private long[] authorIds = new long[FIRST_EVENTS];
  private int[] ends = new int[FIRST_EVENTS];
  private int[] surfaces = new int[FIRST_EVENTS];
  private float[] dwellSeconds = new float[FIRST_EVENTS];
  private int[] indices = new int[FIRST_ACTIONS];
  private float[] values = new float[FIRST_ACTIONS];
  private boolean hasSurfaces;
  private boolean hasDwell;

  /** Events that are held, and the actions of these and of the event that is being read. */
  private int held;

  private int actions;
  private int events;

  /** Begins an empty history, of which {@code cut} will be read. */
  public FlatHistoryBuilder(HistoryCut cut) {
    this.cut = cut;
  }

  /** The number of events so far. */
  public int count() {
    return events;
  }

  /** The number of actions of the event that is being read. */
  public int pendingActions() {
    return actions - begin();
  }

  private int begin() {
    return held == 0 ? 0 : ends[held - 1];
  }

  /** Adds an action to the event that is being read; of the same index, the last one counts. */
  public void action(int index, float value) {
    int at = actions;
    int begin = begin();
    while (at > begin && indices[at - 1] >= index) {
      at--;
    }
    if (at < actions && indices[at] == index) {
      values[at] = value;
      return;
    }
    if (actions == indices.length) {
      indices = Arrays.copyOf(indices, 2 * actions);
      values = Arrays.copyOf(values, 2 * actions);
    }
    System.arraycopy(indices, at, indices, at + 1, actions - at);
    System.arraycopy(values, at, values, at + 1, actions - at);
    indices[at] = index;
    values[at] = value;
    actions++;
  }

  /** Ends the event that is being read, whose surface and dwell time are unknown. */
  public void event(long postId, long authorId) {
    event(postId, authorId, 0, 0);
  }

  /**
   * Ends the event that is being read.
   *
   * @param surface the product surface; 0 if unknown
   * @param dwell the dwell time in seconds; 0 if unknown
   */
  public void event(long postId, long authorId, int surface, float dwell) {
    events++;
    if (cut.end() == HistoryEnd.FIRST && held >= cut.length()) {
      actions = begin();
      return;
    }
    if (cut.end() == HistoryEnd.LAST && held >= 2L * cut.length()) {
      forget(held - cut.length() + 1);
    }
    if (held == postIds.length) {
      grow(2 * held);
    }
    postIds[held] = postId;
    authorIds[held] = authorId;
    ends[held] = actions;
    surfaces[held] = surface;
    dwellSeconds[held] = dwell;
    hasSurfaces |= surface != 0;
    hasDwell |= dwell != 0;
    held++;
  }

  private void grow(int capacity) {
    postIds = Arrays.copyOf(postIds, capacity);
    authorIds = Arrays.copyOf(authorIds, capacity);
    ends = Arrays.copyOf(ends, capacity);
    surfaces = Arrays.copyOf(surfaces, capacity);
    dwellSeconds = Arrays.copyOf(dwellSeconds, capacity);
  }

  /** Drops the first {@code count} events that are held. */
  private void forget(int count) {
    int dropped = ends[count - 1];
    held -= count;
    System.arraycopy(postIds, count, postIds, 0, held);
    System.arraycopy(authorIds, count, authorIds, 0, held);
    System.arraycopy(ends, count, ends, 0, held);
    System.arraycopy(surfaces, count, surfaces, 0, held);
    System.arraycopy(dwellSeconds, count, dwellSeconds, 0, held);
    for (int i = 0; i < held; i++) {
      ends[i] -= dropped;
    }
    actions -= dropped;
    System.arraycopy(indices, dropped, indices, 0, actions);
    System.arraycopy(values, dropped, values, 0, actions);
  }

  /** Index of the first event that is held and read, among all events. */
  public int from() {
    return cut.window(events).from();
  }

  /** The history of the events that are read. */
  public FlatHistory build(long userId, long userIpId) {
    int last = held;
    int first = Math.max(0, held - cut.window(events).length());
    EngagementDetails details =
        new EngagementDetails(
            hasSurfaces ? Arrays.copyOfRange(surfaces, first, last) : new int[0],
            hasDwell ? Arrays.copyOfRange(dwellSeconds, first, last) : new float[0],
            userIpId);
    return new FlatHistory(userId, events().part(first, last), details);
  }

  /** The arrays of all events that are held. */
  FlatHistory.Events events() {
    return new FlatHistory.Events(
            Arrays.copyOf(postIds, held), Arrays.copyOf(authorIds, held), ends, indices, values)
        .part(0, held);
  }
}

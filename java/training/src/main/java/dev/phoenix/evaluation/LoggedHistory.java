package dev.phoenix.evaluation;

import dev.phoenix.dataset.Events;
import dev.phoenix.feature.HistoryFeatures;
import java.util.Arrays;

/** The history of a dataset's user up to an event, as the input of a model. */
final class LoggedHistory implements HistoryFeatures {
  private final LoggedRows rows;
  private final long userId;
  private final Events events;
  private final int[] kept;
  private final Detail detail;

  /** Whether a history includes surfaces and dwell times. */
  enum Detail {
    FULL,
    /** Without surfaces and dwell times, as in a sequence file. */
    ACTIONS_ONLY
  }

  /** Selects the events that the model reads from the first {@code known} events. */
  LoggedHistory(LoggedRows rows, long userId, Events events, int known, Detail detail) {
    this.rows = rows;
    this.userId = userId;
    this.events = events;
    this.detail = detail;
    this.kept = EngagedEvents.read(rows.config(), events, known);
  }

  @Override
  public boolean hasUser() {
    return userId != 0;
  }

  @Override
  public void copyUser(float[] to, int at) {
    rows.copyUser(userId, to, at);
  }

  @Override
  public void copyUserIp(float[] to, int at) {
    Arrays.fill(to, at, at + rows.config().embSize(), 0f);
  }

  @Override
  public int length() {
    return kept.length;
  }

  @Override
  public boolean isPost(int i) {
    return true;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    rows.copyPost(events.posts()[kept[i]], to, at);
  }

  @Override
  public float action(int i, int action) {
    return action < Integer.SIZE && events.did(kept[i], action) ? 1 : 0;
  }

  @Override
  public int surface(int i) {
    return detail == Detail.FULL ? events.surface(kept[i]) : 0;
  }

  @Override
  public float dwellSeconds(int i) {
    return detail == Detail.FULL ? events.dwell(kept[i]) : 0;
  }
}

package dev.phoenix.training.run;

import dev.phoenix.dataset.Events;
import dev.phoenix.training.HistoryBatch;
import java.util.ArrayList;
import java.util.List;

/** Collects the histories of a batch. */
final class HistoryRows {
  private final PostTable table;
  private final List<Part> parts = new ArrayList<>();
  private int posts;

  /** Whether a history tells surfaces and dwell times. */
  enum Detail {
    FULL,
    /** As a sequence file does, which names neither. */
    ACTIONS_ONLY
  }

  private record Part(long userId, Events events, int[] kept, Detail detail) {}

  HistoryRows(PostTable table) {
    this.table = table;
  }

  /** Adds a user with those events that {@code kept} names, oldest first. */
  void add(long userId, Events events, int[] kept, Detail detail) {
    parts.add(new Part(userId, events, kept, detail));
    posts += kept.length;
  }

  HistoryBatch batch() {
    int users = parts.size();
    int actions = table.config().actions().numActions();
    long[] userIds = new long[users];
    int[] offsets = new int[users + 1];
    int[] ids = new int[posts];
    float[] acted = new float[posts * actions];
    int[] surfaces = new int[posts];
    float[] dwell = new float[posts];
    int at = 0;
    for (int u = 0; u < users; u++) {
      Part part = parts.get(u);
      userIds[u] = part.userId();
      for (int i : part.kept()) {
        ids[at] = part.events().posts()[i];
        for (int action = 0; action < Math.min(actions, Integer.SIZE); action++) {
          acted[at * actions + action] = part.events().did(i, action) ? 1 : 0;
        }
        if (part.detail() == Detail.FULL) {
          surfaces[at] = part.events().surface(i);
          dwell[at] = part.events().dwell(i);
        }
        at++;
      }
      offsets[u + 1] = at;
    }
    int[] userRows = table.userRows(userIds);
    return new HistoryBatch(users, userRows, offsets, table.rows(ids), acted, surfaces, dwell);
  }
}

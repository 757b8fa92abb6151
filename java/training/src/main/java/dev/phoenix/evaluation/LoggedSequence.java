package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Converts a logged user's events to the request form of a pipeline or a server. */
public final class LoggedSequence {
  private LoggedSequence() {}

  /**
   * The sequence of selected events of a user.
   *
   * @param kept indices of the events, in time order
   */
  public static UserSequence of(Catalog catalog, UserEvents user, int[] kept) {
    Events events = user.events();
    List<UserSequence.Engagement> history = new ArrayList<>();
    for (int i : kept) {
      SortedMap<Integer, Float> actions = new TreeMap<>();
      for (int action = 0; action < Integer.SIZE; action++) {
        if (events.did(i, action)) {
          actions.put(action, 1f);
        }
      }
      int post = events.posts()[i];
      history.add(
          new UserSequence.Engagement(catalog.postIds()[post], catalog.authorIds()[post], actions));
    }
    return new UserSequence(user.userId(), history);
  }
}

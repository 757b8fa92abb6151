package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A logged user's events in the form in which a pipeline or a server is asked. */
public final class LoggedSequence {
  private LoggedSequence() {}

  /**
   * Some events of a user.
   *
   * @param kept their indices, in time order
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

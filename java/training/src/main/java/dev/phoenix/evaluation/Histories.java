package dev.phoenix.evaluation;

import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The training data of a baseline: the positive events before every user's target. */
final class Histories {
  private Histories() {}

  static List<int[]> known(LeaveOneOut split, LeaveOneOut.Part part) {
    int[] known = split.known(part);
    List<int[]> histories = new ArrayList<>();
    for (int user = 0; user < known.length; user++) {
      Events events = split.dataset().users().get(user).events();
      histories.add(
          IntStream.range(0, known[user])
              .filter(events::isPositive)
              .map(i -> events.posts()[i])
              .toArray());
    }
    return histories;
  }
}

package dev.phoenix.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The usual split of sequence models: the last positive event of a user is for the test, the one
 * before it for validation, and all earlier events are for training. All events of users with fewer
 * than three positive events are for training.
 *
 * @param dataset engaged events only
 * @param folds one per tested user
 */
public record LeaveOneOut(Dataset dataset, List<Fold> folds) {
  private static final int PARTS = 3;

  /** The event of a user that is predicted. */
  public enum Part {
    /** The second to last positive event, from the events before it. */
    VALIDATION,
    /** The last positive event, from all events before it, including that of validation. */
    TEST;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One user's split.
   *
   * @param user index into the users
   * @param validation the event that validation predicts
   * @param test the event that the test predicts
   */
  public record Fold(int user, int validation, int test) {
    /** The event that {@code part} predicts; the earlier events are its history. */
    public int target(Part part) {
      return part == Part.TEST ? test : validation;
    }
  }

  /** Keeps a copy of the list. */
  public LeaveOneOut {
    folds = List.copyOf(folds);
  }

  /** Splits the engaged events of {@code dataset}. */
  public static LeaveOneOut of(Dataset dataset) {
    Dataset engaged = dataset.engaged();
    List<Fold> folds = new ArrayList<>();
    for (int user = 0; user < engaged.users().size(); user++) {
      Events events = engaged.users().get(user).events();
      int[] positive = lastPositive(events);
      if (positive[0] >= 0) {
        folds.add(new Fold(user, positive[1], positive[2]));
      }
    }
    return new LeaveOneOut(engaged, folds);
  }

  /** The last three positive events, ascending; -1 for missing ones. */
  static int[] lastPositive(Events events) {
    int[] found = {-1, -1, -1};
    int missing = PARTS;
    for (int i = events.count() - 1; i >= 0 && missing > 0; i--) {
      if (events.isPositive(i)) {
        found[--missing] = i;
      }
    }
    return found;
  }

  /** This split with at most {@code users} evenly spaced folds. */
  public LeaveOneOut atMost(int users) {
    int count = Math.min(users, folds.size());
    return new LeaveOneOut(
        dataset,
        IntStream.range(0, count)
            .mapToObj(i -> folds.get((int) ((long) i * folds.size() / count)))
            .toList());
  }

  /** The posts of a fold's user before the target of {@code part}, in time order. */
  public int[] history(Fold fold, Part part) {
    return Arrays.copyOf(events(fold).posts(), fold.target(part));
  }

  /** The post that {@code part} predicts. */
  public int target(Fold fold, Part part) {
    return events(fold).posts()[fold.target(part)];
  }

  /**
   * The fraction of folds whose target of {@code part} is in its own history; NaN without folds.
   */
  public double repeatedShare(Part part) {
    return folds.stream()
        .mapToDouble(fold -> isRepeated(fold, part) ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  private boolean isRepeated(Fold fold, Part part) {
    int target = target(fold, part);
    return Arrays.stream(events(fold).posts(), 0, fold.target(part)).anyMatch(p -> p == target);
  }

  /** The engaged events of a fold's user. */
  public Events events(Fold fold) {
    return dataset.users().get(fold.user()).events();
  }

  /**
   * By user, the number of engaged events that a model may be trained on before it predicts {@code
   * part}: those before the target, or all events of a user that is not tested.
   */
  public int[] known(Part part) {
    int[] known = new int[dataset.users().size()];
    Arrays.setAll(known, user -> dataset.users().get(user).events().count());
    for (Fold fold : folds) {
      known[fold.user()] = fold.target(part);
    }
    return known;
  }
}

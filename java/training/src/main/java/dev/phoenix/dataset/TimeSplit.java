package dev.phoenix.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The split of rankers by time: the first 80 % of a user's impressions are for training, the next
 * 10 % for validation, the last 10 % for the test. Each part is predicted from the events before
 * it. Training ends at the latest before the validation event of {@link LeaveOneOut}, and
 * validation before its test event, so that feeds can be evaluated on events that neither retrieval
 * nor ranking was trained on.
 *
 * @param dataset every impression
 * @param trainEnds by user, the index after the last impression for training
 * @param validationEnds by user, the index after the last impression for validation
 */
public record TimeSplit(Dataset dataset, int[] trainEnds, int[] validationEnds) {
  private static final double TRAIN = 0.8;
  private static final double VALIDATION = 0.1;

  /**
   * The impressions [from, to), which are predicted from the earlier ones.
   *
   * @param user index into the users
   */
  public record Block(int user, int from, int to) {}

  /** Splits {@code dataset}. */
  public static TimeSplit of(Dataset dataset) {
    int users = dataset.users().size();
    int[] trainEnds = new int[users];
    int[] validationEnds = new int[users];
    for (int user = 0; user < users; user++) {
      Events events = dataset.users().get(user).events();
      int count = events.count();
      int[] kept = LeaveOneOut.lastPositive(events);
      boolean tested = kept[0] >= 0;
      int trainEnd = (int) Math.round(TRAIN * count);
      int validationEnd = (int) Math.round((TRAIN + VALIDATION) * count);
      trainEnds[user] = tested ? Math.min(trainEnd, kept[1]) : trainEnd;
      validationEnds[user] = tested ? Math.min(validationEnd, kept[2]) : validationEnd;
    }
    return new TimeSplit(dataset, trainEnds, validationEnds);
  }

  /** The impressions of {@code part}: one block per user with impressions in it. */
  public List<Block> blocks(LeaveOneOut.Part part) {
    List<Block> blocks = new ArrayList<>();
    for (int user = 0; user < trainEnds.length; user++) {
      boolean test = part == LeaveOneOut.Part.TEST;
      int from = test ? validationEnds[user] : trainEnds[user];
      int to = test ? events(user).count() : validationEnds[user];
      if (to > from) {
        blocks.add(new Block(user, from, to));
      }
    }
    return blocks;
  }

  /** A user's impressions. */
  public Events events(int user) {
    return dataset.users().get(user).events();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TimeSplit that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {dataset, trainEnds, validationEnds};
  }
}

package dev.phoenix.training.run;

import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.training.PostRows;
import dev.phoenix.training.Queries;
import dev.phoenix.training.RetrievalBatch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Batches for the two towers: a user's history in one pass, and from every prefix of it the post
 * that the user took next; with right-anchored positions one prefix, another one in every epoch. A
 * history longer than S is cut into windows of S, elsewhere in every epoch.
 */
final class RetrievalBatches implements BatchSource<RetrievalBatch> {
  private final Training data;
  private final PostTable table;
  private final Function<SplittableRandom, PostRows> negatives;
  private final List<Window> windows;
  private final EpochOrder order;

  RetrievalBatches(Training data, PostTable table, Settings settings) {
    this.data = data;
    this.table = table;
    this.negatives = negatives(data, table, settings);
    int longest = table.config().sequence().historySeqLen();
    this.windows =
        IntStream.range(0, data.known().length)
            .filter(user -> targets(user) > 0)
            .boxed()
            .flatMap(
                user ->
                    IntStream.rangeClosed(0, (data.known()[user] - 2) / longest)
                        .mapToObj(back -> new Window(user, back)))
            .toList();
    if (windows.isEmpty()) {
      throw new IllegalArgumentException(
          data.split().dataset().source()
              + ": expected a user with two events to train on, found none");
    }
    this.order =
        new EpochOrder(
            windows.size(),
            settings.batch(),
            settings.seed(),
            i -> Math.min(longest, data.known()[windows.get(i).user()] - 1));
  }

  /**
   * A part of a user's time: the last S events that have a next one, or S more, {@code back} times.
   */
  private record Window(int user, int back) {}

  /**
   * What is chosen of the batches.
   *
   * @param batch windows a batch
   * @param negatives global ones: drawn, or everything
   * @param seed of all that is drawn
   */
  record Settings(int batch, Negatives negatives, long seed) {}

  private static Function<SplittableRandom, PostRows> negatives(
      Training data, PostTable table, Settings settings) {
    return switch (settings.negatives()) {
      case Negatives.All() -> {
        PostRows all = table.all();
        yield random -> all;
      }
      case Negatives.Sampled(int count, double exponent, Negatives.InBatch _) -> {
        NegativeSampler sampler =
            NegativeSampler.create(data.split().dataset(), data.known(), exponent);
        yield random -> table.rows(sampler.draw(count, random));
      }
    };
  }

  private Events events(int user) {
    return data.split().dataset().users().get(user).events();
  }

  /** Positive events of a user that have something in front of them. */
  private long targets(int user) {
    Events events = events(user);
    return IntStream.range(1, data.known()[user]).filter(events::isPositive).count();
  }

  @Override
  public int steps() {
    return order.steps();
  }

  @Override
  public RetrievalBatch batch(long epoch, int index) {
    int[] samples = order.samples(epoch, index);
    SplittableRandom random = order.random(epoch, index);
    HistoryRows histories = new HistoryRows(table);
    int[] user = new int[samples.length * table.config().sequence().historySeqLen()];
    int[] length = new int[user.length];
    int[] target = new int[user.length];
    int queries = 0;
    for (int b = 0; b < samples.length; b++) {
      Window cut = windows.get(samples[b]);
      UserEvents owner = data.split().dataset().users().get(cut.user());
      Range range = range(cut, random);
      int begin = range.begin();
      histories.add(
          owner.userId(),
          owner.events(),
          IntStream.range(begin, begin + range.length()).toArray(),
          HistoryRows.Detail.ACTIONS_ONLY);
      for (int seen = range.first(); seen <= range.length(); seen++) {
        if (owner.events().isPositive(begin + seen)) {
          user[queries] = b;
          length[queries] = seen;
          target[queries++] = owner.events().posts()[begin + seen];
        }
      }
    }
    boolean[] positive = new boolean[queries];
    Arrays.fill(positive, true);
    return new RetrievalBatch(
        histories.batch(),
        new Queries(Arrays.copyOf(user, queries), Arrays.copyOf(length, queries)),
        IntStream.rangeClosed(0, queries).toArray(),
        table.rows(Arrays.copyOf(target, queries)),
        positive,
        new boolean[queries],
        negatives.apply(random));
  }

  /**
   * The events that a sample reads.
   *
   * @param begin the first event
   * @param length the number of events
   * @param first the shortest history from which the next event is predicted
   */
  private record Range(int begin, int length, int first) {}

  private Range range(Window cut, SplittableRandom random) {
    int known = data.known()[cut.user()];
    int longest = table.config().sequence().historySeqLen();
    int window = Math.min(longest, known - 1);
    int shift = random.nextInt(longest) - longest / 2;
    int last = known - 1 - window;
    int begin = Math.clamp(last - (long) cut.back() * longest + shift, 0, last);
    if (!table.config().sequence().rightAnchoredRope()) {
      return new Range(begin, window, 1);
    }
    // Positions depend on where the history ends, so only its whole can be predicted from.
    int shorter = random.nextInt(1, window + 1);
    return new Range(begin, shorter, shorter);
  }
}

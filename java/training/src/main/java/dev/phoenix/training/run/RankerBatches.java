package dev.phoenix.training.run;

import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.training.RankerBatch;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Batches for the ranker: at a random moment of a user's time, what was done until then and the
 * next impressions. An epoch has as many moments of a user as it takes to have every impression
 * about once. Every third sample's surfaces, ages and dwell times are withheld, because whoever
 * asks may not know them.
 */
final class RankerBatches implements BatchSource<RankerBatch> {
  private static final double WITHHELD = 1.0 / 3;

  private final TimeSplit split;
  private final RankerSamples source;
  private final int[] users;
  private final EpochOrder order;

  RankerBatches(TimeSplit split, RankerSamples source, int batch, long seed) {
    this.split = split;
    this.source = source;
    this.users =
        IntStream.range(0, split.trainEnds().length).flatMap(this::repeatedByMoments).toArray();
    if (users.length == 0) {
      throw new IllegalArgumentException(
          split.dataset().source() + ": expected a user with two impressions, found none");
    }
    this.order = new EpochOrder(users.length, batch, seed, i -> split.trainEnds()[users[i]]);
  }

  private IntStream repeatedByMoments(int user) {
    int horizon = source.sampling().horizon();
    int predictable = Math.max(0, split.trainEnds()[user] - 1);
    return IntStream.generate(() -> user).limit((predictable + horizon - 1L) / horizon);
  }

  @Override
  public int steps() {
    return order.steps();
  }

  @Override
  public RankerBatch batch(long epoch, int index) {
    SplittableRandom random = order.random(epoch, index);
    RankerSamples.Builder builder = source.begin();
    for (int sample : order.samples(epoch, index)) {
      int user = users[sample];
      int end = split.trainEnds()[user];
      int from = random.nextInt(1, end);
      int to = (int) Math.min(end, (long) from + source.sampling().horizon());
      builder.add(
          new RankerSamples.Moment(user, from, to),
          random.nextDouble() < WITHHELD
              ? HistoryRows.Detail.ACTIONS_ONLY
              : HistoryRows.Detail.FULL,
          random);
    }
    return builder.batch();
  }
}

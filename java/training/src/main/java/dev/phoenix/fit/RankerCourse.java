package dev.phoenix.fit;

import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.feature.PostAge;
import dev.phoenix.training.CandidateBatch;
import dev.phoenix.training.RankerBatch;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Batches for the ranker: at a random moment of a user's time, what was done until then and the
 * next C impressions. Every third user's surfaces, ages and dwell times are withheld, because
 * whoever asks may not know them.
 */
final class RankerCourse implements Course<RankerBatch> {
  private static final double WITHHELD = 1.0 / 3;

  private final TimeSplit split;
  private final PostTable table;
  private final int negatives;
  private final int[] users;
  private final EpochOrder order;

  /**
   * What is chosen of the batches.
   *
   * @param batch users a batch
   * @param negatives posts that a user was not shown, to add to the candidates
   * @param seed of all that is drawn
   */
  record Settings(int batch, int negatives, long seed) {}

  RankerCourse(TimeSplit split, PostTable table, Settings settings) {
    this.split = split;
    this.table = table;
    this.negatives = settings.negatives();
    this.users =
        IntStream.range(0, split.trainEnds().length)
            .filter(user -> split.trainEnds()[user] > 1)
            .toArray();
    if (users.length == 0) {
      throw new IllegalArgumentException(
          split.dataset().source() + ": expected a user with two impressions, found none");
    }
    this.order =
        new EpochOrder(
            users.length, settings.batch(), settings.seed(), i -> split.trainEnds()[users[i]]);
  }

  @Override
  public int steps() {
    return order.steps();
  }

  @Override
  public RankerBatch batch(long epoch, int index) {
    int[] samples = order.samples(epoch, index);
    SplittableRandom random = order.random(epoch, index);
    HistoryRows histories = new HistoryRows(table);
    Candidates candidates = new Candidates(table.config().numActions());
    for (int sample : samples) {
      int user = users[sample];
      UserEvents owner = split.dataset().users().get(user);
      int end = split.trainEnds()[user];
      int moment = random.nextInt(1, end);
      boolean withheld = random.nextDouble() < WITHHELD;
      histories.add(
          owner.userId(),
          owner.events(),
          EngagedEvents.read(table.config(), owner.events(), moment),
          withheld ? HistoryRows.Detail.ACTIONS_ONLY : HistoryRows.Detail.FULL);
      int to = Math.min(end, moment + table.config().candidateSeqLen());
      for (int i = moment; i < to; i++) {
        candidates.add(
            owner.events(),
            i,
            surface(owner.events(), i, withheld),
            age(owner.events(), i, withheld));
      }
      for (int i = 0; i < negatives; i++) {
        candidates.addSampled(random.nextInt(split.dataset().catalog().size()));
      }
      candidates.endUser();
    }
    return new RankerBatch(
        histories.batch(),
        new CandidateBatch(
            candidates.offsets(),
            table.rows(candidates.posts()),
            candidates.surfaces(),
            candidates.ages()),
        candidates.targets(),
        candidates.sampled(),
        candidates.dwell());
  }

  private static int surface(Events events, int i, boolean withheld) {
    return withheld ? 0 : events.surface(i);
  }

  private int age(Events events, int i, boolean withheld) {
    return withheld
        ? 0
        : PostAge.bucket(
            events.time(i),
            split.dataset().catalog().created(events.posts()[i]),
            table.config().postAgeGranularityMins());
  }
}

package dev.phoenix.training.run;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.evaluation.LoggedAge;
import dev.phoenix.training.CandidateBatch;
import dev.phoenix.training.RankerBatch;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Turns moments of users' time into batches for the ranker. Training and measuring share it, so
 * that what is measured is what is learned: the same histories, impressions and sampled negatives.
 */
final class RankerSamples {
  private final Dataset dataset;
  private final PostTable table;
  private final RankerSampling sampling;
  private final NegativeSampler sampler;

  RankerSamples(TimeSplit split, PostTable table, RankerSampling sampling) {
    this.dataset = split.dataset();
    this.table = table;
    this.sampling = sampling;
    this.sampler =
        NegativeSampler.create(split.dataset(), split.trainEnds(), sampling.popularityExponent());
  }

  /**
   * The impressions of a user from {@code from} to {@code to} (exclusive), to be predicted from
   * what the user did before.
   *
   * @param user index into the users
   */
  record Moment(int user, int from, int to) {}

  RankerSampling sampling() {
    return sampling;
  }

  /** An empty batch. */
  Builder begin() {
    return new Builder();
  }

  /** Collects a batch. */
  final class Builder {
    private final HistoryRows histories = new HistoryRows(table);
    private final Candidates candidates = new Candidates(table.config().actions().numActions());

    private Builder() {}

    /** Adds a user at a moment, with negatives from {@code random}. */
    void add(Moment moment, HistoryRows.Detail detail, SplittableRandom random) {
      UserEvents owner = dataset.users().get(moment.user());
      Events events = owner.events();
      histories.add(
          owner.userId(),
          events,
          EngagedEvents.read(table.config(), events, moment.from()),
          detail);
      for (int i = moment.from(); i < moment.to(); i++) {
        boolean full = detail == HistoryRows.Detail.FULL;
        candidates.add(events, i, full ? events.surface(i) : 0, full ? age(events, i) : 0);
      }
      for (int post : sampler.draw(sampling.negatives(), random)) {
        // A post that was taken is no negative.
        if (IntStream.range(moment.from(), moment.to())
            .noneMatch(i -> events.posts()[i] == post && events.isEngaged(i))) {
          candidates.addSampled(post);
        }
      }
      candidates.endUser();
    }

    private int age(Events events, int i) {
      return LoggedAge.bucket(table.config(), dataset.catalog(), events, i);
    }

    RankerBatch batch() {
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
  }
}

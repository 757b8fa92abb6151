package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.ActionMetrics;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.Scorer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The validation impressions of every user, predicted from what the user did before, among sampled
 * negatives as in training, the same ones in every measurement. At most 50,000 moments, evenly
 * chosen.
 */
final class RankerValidation implements Validation {
  private static final int PASS = 64;
  private static final int MAX_MOMENTS = 50_000;

  private final Scorer scorer;
  private final RankerSamples source;
  private final int width;
  private final int continuous;
  private final long seed;
  private final List<RankerSamples.Moment> moments;
  private final int[] actions;

  /**
   * Of a model in training.
   *
   * @param seed of the negatives
   * @throws DatasetException where no action is there both with and without, so that no metric
   *     exists
   */
  RankerValidation(
      Scorer scorer, TimeSplit split, RankerSamples source, PostTable table, long seed) {
    this.scorer = scorer;
    this.source = source;
    this.width = table.config().actions().numActions();
    this.continuous = table.config().actions().numContinuousActions();
    this.seed = seed;
    this.moments = moments(split, source.sampling().horizon());
    this.actions = measurable(split);
  }

  private static List<RankerSamples.Moment> moments(TimeSplit split, int horizon) {
    List<RankerSamples.Moment> all = new ArrayList<>();
    for (TimeSplit.Block block : split.blocks(LeaveOneOut.Part.VALIDATION)) {
      for (long from = Math.max(1, block.from()); from < block.to(); from += horizon) {
        int to = (int) Math.min(block.to(), from + horizon);
        all.add(new RankerSamples.Moment(block.user(), (int) from, to));
      }
    }
    int count = Math.min(MAX_MOMENTS, all.size());
    return IntStream.range(0, count)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
        .toList();
  }

  /** The actions that happen on some candidates and not on others. */
  private int[] measurable(TimeSplit split) {
    int[] happened = new int[Math.min(width, Integer.SIZE)];
    int impressions = 0;
    for (RankerSamples.Moment moment : moments) {
      Events events = split.events(moment.user());
      impressions += moment.to() - moment.from();
      for (int i = moment.from(); i < moment.to(); i++) {
        for (int action = 0; action < happened.length; action++) {
          happened[action] += events.did(i, action) ? 1 : 0;
        }
      }
    }
    int all = impressions;
    boolean sampled = source.sampling().negatives() > 0;
    int[] found =
        IntStream.range(0, happened.length)
            .filter(action -> happened[action] > 0)
            .filter(action -> happened[action] < all || (sampled && !isNegativeFeedback(action)))
            .toArray();
    if (found.length == 0) {
      throw new DatasetException(
          "%s: expected an action that happens on some validation candidates and not on others, so"
                  .formatted(split.dataset().source())
              + " that a ranker can be measured, found none among %,d impressions and %d sampled"
                  .formatted(impressions, source.sampling().negatives())
              + " negatives for each history; --negatives adds posts without any action");
    }
    return found;
  }

  private static boolean isNegativeFeedback(int action) {
    return (Events.NEGATIVE_FEEDBACK >>> action & 1) != 0;
  }

  @Override
  public SequencedMap<String, Double> measure() {
    List<Outcomes> outcomes = IntStream.of(actions).mapToObj(Outcomes::new).toList();
    for (int from = 0; from < moments.size(); from += PASS) {
      RankerSamples.Builder builder = source.begin();
      int to = Math.min(moments.size(), from + PASS);
      for (int i = from; i < to; i++) {
        builder.add(moments.get(i), HistoryRows.Detail.FULL, new SplittableRandom(seed * 31 + i));
      }
      RankerBatch batch = builder.batch();
      int count = batch.candidates().posts().count();
      float[] probabilities = new float[count * width];
      scorer.score(
          probabilities, new float[count * continuous], batch.histories(), batch.candidates());
      outcomes.forEach(each -> each.add(batch, probabilities, width));
    }
    double auc = 0;
    double loss = 0;
    for (Outcomes each : outcomes) {
      ActionMetrics metrics = each.metrics();
      auc += metrics.auc() / outcomes.size();
      loss += metrics.logLoss() / outcomes.size();
    }
    SequencedMap<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("AUC", auc);
    metrics.put("LogLoss", loss);
    return metrics;
  }

  @Override
  public List<String> names() {
    return List.of("AUC", "LogLoss");
  }

  /** What was predicted of one action, and what happened. */
  private static final class Outcomes {
    private final int action;
    private final List<float[]> predicted = new ArrayList<>();
    private final List<boolean[]> happened = new ArrayList<>();

    Outcomes(int action) {
      this.action = action;
    }

    void add(RankerBatch batch, float[] probabilities, int width) {
      boolean feedback = isNegativeFeedback(action);
      // As in the loss: nobody can say of an unseen post that it would not have annoyed the user.
      int[] kept =
          IntStream.range(0, batch.negativeSample().length)
              .filter(i -> !(feedback && batch.negativeSample()[i]))
              .toArray();
      float[] scores = new float[kept.length];
      boolean[] outcome = new boolean[kept.length];
      for (int i = 0; i < kept.length; i++) {
        scores[i] = probabilities[kept[i] * width + action];
        outcome[i] = batch.targets()[kept[i] * width + action] != 0;
      }
      predicted.add(scores);
      happened.add(outcome);
    }

    ActionMetrics metrics() {
      int count = predicted.stream().mapToInt(pass -> pass.length).sum();
      float[] scores = new float[count];
      boolean[] outcome = new boolean[count];
      int at = 0;
      for (int pass = 0; pass < predicted.size(); pass++) {
        int length = predicted.get(pass).length;
        System.arraycopy(predicted.get(pass), 0, scores, at, length);
        System.arraycopy(happened.get(pass), 0, outcome, at, length);
        at += length;
      }
      return ActionMetrics.of(scores, outcome);
    }
  }
}

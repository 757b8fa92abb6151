package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/** Evaluates a ranker on a dataset: the quality of the predicted probabilities of every action. */
public final class RankerEvaluation {
  /** Weight of the overall rate, in impressions, when it is mixed with a post's own rate. */
  private static final double PRIOR = 10;

  private static final int PASS = 64;

  private final TimeSplit split;
  private final List<TimeSplit.Block> blocks;
  private final LeaveOneOut.Part part;

  /** Creates an evaluation on {@code part} of {@code split}. */
  public RankerEvaluation(TimeSplit split, LeaveOneOut.Part part) {
    this.split = split;
    this.part = part;
    this.blocks = split.blocks(part);
  }

  /** The number of predicted impressions. */
  public int impressions() {
    return blocks.stream().mapToInt(block -> block.to() - block.from()).sum();
  }

  /** The actions that occur in some of the measured impressions but not in all. */
  public int[] actions() {
    return IntStream.range(0, Integer.SIZE)
        .filter(
            action -> {
              int happened = 0;
              for (boolean outcome : outcomes(action)) {
                happened += outcome ? 1 : 0;
              }
              return happened > 0 && happened < impressions();
            })
        .toArray();
  }

  private boolean[] outcomes(int action) {
    boolean[] happened = new boolean[impressions()];
    int at = 0;
    for (TimeSplit.Block block : blocks) {
      for (int i = block.from(); i < block.to(); i++) {
        happened[at++] = split.events(block.user()).did(i, action);
      }
    }
    return happened;
  }

  /**
   * Metrics by action of a baseline that predicts the action's rate on earlier impressions of the
   * same post.
   */
  public SequencedMap<Integer, ActionMetrics> postRates() {
    SequencedMap<Integer, ActionMetrics> found = new LinkedHashMap<>();
    for (int action : actions()) {
      double[] rates = rates(action);
      float[] probabilities = new float[impressions()];
      int at = 0;
      for (TimeSplit.Block block : blocks) {
        for (int i = block.from(); i < block.to(); i++) {
          probabilities[at++] = (float) rates[split.events(block.user()).posts()[i]];
        }
      }
      found.put(action, ActionMetrics.of(probabilities, outcomes(action)));
    }
    return found;
  }

  private double[] rates(int action) {
    double[] shown = new double[split.dataset().catalog().size()];
    double[] happened = new double[shown.length];
    double all = 0;
    double allHappened = 0;
    for (int user = 0; user < split.dataset().users().size(); user++) {
      Events events = split.events(user);
      boolean test = part == LeaveOneOut.Part.TEST;
      int known = test ? split.validationEnds()[user] : split.trainEnds()[user];
      for (int i = 0; i < known; i++) {
        int did = events.did(i, action) ? 1 : 0;
        shown[events.posts()[i]]++;
        happened[events.posts()[i]] += did;
        all++;
        allHappened += did;
      }
    }
    double mean = all == 0 ? 0 : allHappened / all;
    double[] rates = new double[shown.length];
    for (int post = 0; post < shown.length; post++) {
      rates[post] = (happened[post] + PRIOR * mean) / (shown[post] + PRIOR);
    }
    return rates;
  }

  /** Metrics by action of an exported model. */
  public SequencedMap<Integer, ActionMetrics> model(Ranker ranker, EmbeddingTables tables) {
    int actions = ranker.config().actions().numActions();
    float[] probabilities = new float[impressions() * actions];
    LoggedRows rows = LoggedRows.of(ranker.config(), tables, split.dataset().catalog());
    RankerOutput output = ranker.output();
    int at = 0;
    for (int from = 0; from < blocks.size(); from += PASS) {
      List<LoggedHistory> histories = new ArrayList<>();
      List<LoggedCandidates> candidates = new ArrayList<>();
      for (TimeSplit.Block block : blocks.subList(from, Math.min(blocks.size(), from + PASS))) {
        UserEvents user = split.dataset().users().get(block.user());
        histories.add(
            new LoggedHistory(
                rows, user.userId(), user.events(), block.from(), LoggedHistory.Detail.FULL));
        candidates.add(new LoggedCandidates(rows, user.events(), block));
      }
      ranker.rank(output, histories, candidates);
      for (int request = 0; request < histories.size(); request++) {
        for (int i = 0; i < candidates.get(request).count(); i++) {
          for (int action = 0; action < actions; action++) {
            probabilities[at++] = output.probability(request, i, action);
          }
        }
      }
    }
    return of(probabilities, actions);
  }

  /** Metrics by action of probabilities [impressions, {@code width}]. */
  public SequencedMap<Integer, ActionMetrics> of(float[] probabilities, int width) {
    SequencedMap<Integer, ActionMetrics> found = new LinkedHashMap<>();
    for (int action : actions()) {
      if (action < width) {
        float[] own = new float[impressions()];
        for (int i = 0; i < own.length; i++) {
          own[i] = probabilities[i * width + action];
        }
        found.put(action, ActionMetrics.of(own, outcomes(action)));
      }
    }
    return found;
  }
}

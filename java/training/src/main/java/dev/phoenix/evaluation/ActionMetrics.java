package dev.phoenix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The quality of the predicted probabilities of one action. An undefined metric is NaN; all are NaN
 * without impressions or if a probability is NaN.
 *
 * @param count number of impressions
 * @param rate the fraction of impressions with the action
 * @param auc the probability that an impression with the action got a higher probability than one
 *     without, ties counted half; NaN if all impressions have the same outcome
 * @param averagePrecision the area under the precision-recall curve as a sum of steps: the mean,
 *     over the impressions with the action, of the precision at their probability; ties form one
 *     step; NaN if the action never happened
 * @param logLoss the mean of -log of the predicted probability of the outcome, in nats
 * @param rateLogLoss the log loss of the constant prediction {@code rate}, as a baseline
 * @param calibrationError the mean difference, over bins of equally many impressions, between the
 *     mean probability and the fraction with the action
 * @param bins the bins, by ascending probability
 */
public record ActionMetrics(
    int count,
    double rate,
    double auc,
    double averagePrecision,
    double logLoss,
    double rateLogLoss,
    double calibrationError,
    List<Bin> bins) {
  private static final int BINS = 15;

  /** Bounds probabilities away from 0 and 1, where the loss is infinite. */
  private static final double SMALLEST = 1e-7;

  /**
   * Impressions of similar probability.
   *
   * @param predicted mean probability
   * @param observed fraction of impressions with the action
   */
  public record Bin(int count, double predicted, double observed) {}

  /** Keeps a copy of the bins. */
  public ActionMetrics {
    bins = List.copyOf(bins);
  }

  /**
   * Relative cross-entropy in percent, 100 (1 - logLoss / rateLogLoss): 0 for the constant
   * prediction {@code rate}, 100 for a certain and correct prediction. NaN if all impressions have
   * the same outcome. Source: ACM RecSys Challenge 2020.
   */
  public double relativeCrossEntropy() {
    return rate > 0 && rate < 1 ? 100 * (1 - logLoss / rateLogLoss) : Double.NaN;
  }

  /** Compares probabilities [n] with outcomes [n]. */
  public static ActionMetrics of(float[] probabilities, boolean[] happened) {
    int count = probabilities.length;
    if (count != happened.length) {
      throw new IllegalArgumentException(
          "%d probabilities, %d outcomes".formatted(count, happened.length));
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Float.compare(probabilities[a], probabilities[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] sorted = new float[count];
    boolean[] outcome = new boolean[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = probabilities[order[i]];
      outcome[i] = happened[order[i]];
    }
    double rate = share(outcome, 0, count);
    double[] rates = new double[count];
    Arrays.fill(rates, rate);
    double[] own = IntStream.range(0, count).mapToDouble(i -> sorted[i]).toArray();
    List<Bin> bins = bins(sorted, outcome);
    double error =
        bins.stream()
            .mapToDouble(bin -> bin.count() * Math.abs(bin.predicted() - bin.observed()))
            .sum();
    return new ActionMetrics(
        count,
        rate,
        auc(sorted, outcome),
        averagePrecision(sorted, outcome),
        logLoss(own, outcome),
        logLoss(rates, outcome),
        error / count,
        bins);
  }

  private static double share(boolean[] outcome, int from, int to) {
    int positive = 0;
    for (int i = from; i < to; i++) {
      positive += outcome[i] ? 1 : 0;
    }
    return (double) positive / (to - from);
  }

  /** Computes AUC from the sum of the ranks of positives; ties share the mean rank. */
  private static double auc(float[] sorted, boolean[] outcome) {
    double rankSum = 0;
    long positives = 0;
    for (int from = 0; from < sorted.length; ) {
      int to = endOfEqual(sorted, from);
      for (int i = from; i < to; i++) {
        if (outcome[i]) {
          rankSum += (from + to + 1) / 2.0;
          positives++;
        }
      }
      from = to;
    }
    long negatives = sorted.length - positives;
    return positives == 0 || negatives == 0 || hasNaN(sorted)
        ? Double.NaN
        : (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }

  private static double averagePrecision(float[] sorted, boolean[] outcome) {
    double sum = 0;
    long positives = 0;
    for (int to = sorted.length; to > 0; ) {
      int from = to - 1;
      while (from > 0 && sorted[from - 1] == sorted[from]) {
        from--;
      }
      long found = 0;
      for (int i = from; i < to; i++) {
        found += outcome[i] ? 1 : 0;
      }
      positives += found;
      sum += found * (double) positives / (sorted.length - from);
      to = from;
    }
    return positives == 0 || hasNaN(sorted) ? Double.NaN : sum / positives;
  }

  /** The index after the last element equal to {@code sorted[from]}. */
  private static int endOfEqual(float[] sorted, int from) {
    int to = from + 1;
    while (to < sorted.length && sorted[to] == sorted[from]) {
      to++;
    }
    return to;
  }

  /** NaN sorts behind every number. */
  private static boolean hasNaN(float[] sorted) {
    return sorted.length > 0 && Float.isNaN(sorted[sorted.length - 1]);
  }

  private static double logLoss(double[] probabilities, boolean[] outcome) {
    double sum = 0;
    for (int i = 0; i < outcome.length; i++) {
      double p = outcome[i] ? probabilities[i] : 1 - probabilities[i];
      sum -= Math.log(Math.max(SMALLEST, p));
    }
    return sum / outcome.length;
  }

  private static List<Bin> bins(float[] sorted, boolean[] outcome) {
    List<Bin> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      int from = (int) ((long) sorted.length * b / BINS);
      int to = (int) ((long) sorted.length * (b + 1) / BINS);
      if (to > from) {
        double mean =
            IntStream.range(from, to).mapToDouble(i -> sorted[i]).average().orElse(Double.NaN);
        bins.add(new Bin(to - from, mean, share(outcome, from, to)));
      }
    }
    return bins;
  }
}

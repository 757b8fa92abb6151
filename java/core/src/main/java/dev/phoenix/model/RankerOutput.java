package dev.phoenix.model;

import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The logits and probabilities of the candidates of a batch: one row per candidate, grouped by
 * request. Reusable; its arrays grow and are kept.
 */
public final class RankerOutput {
  private final int actions;
  private final int continuous;
  private final RowLayout rows = new RowLayout();
  private float[] logits = new float[0];
  private float[] probabilities = new float[0];

  RankerOutput(int actions, int continuous) {
    this.actions = actions;
    this.continuous = continuous;
  }

  void clear() {
    rows.clear();
  }

  /** Appends the rows of one pass; both tensors are [rows, A + continuous], actions first. */
  void append(RowLayout candidates, Tensor newLogits, Tensor newProbabilities) {
    int width = actions + continuous;
    int before = rows.rows();
    int needed = (before + candidates.rows()) * width;
    if (logits.length < needed) {
      logits = Arrays.copyOf(logits, needed + needed / 2);
      probabilities = Arrays.copyOf(probabilities, logits.length);
    }
    newLogits.copyTo(logits, before * width);
    newProbabilities.copyTo(probabilities, before * width);
    for (int request = 0; request < candidates.requests(); request++) {
      rows.beginRequest();
      for (int row = candidates.begin(request); row < candidates.end(request); row++) {
        rows.addRow(candidates.position(row), candidates.seesItself(row));
      }
    }
  }

  /** The number of requests. */
  public int requests() {
    return rows.requests();
  }

  /** The number of discrete actions A. */
  public int actions() {
    return actions;
  }

  /** The number of continuous outputs. */
  public int continuousActions() {
    return continuous;
  }

  /** The number of candidates of request {@code request}, padding included. */
  public int candidates(int request) {
    return rows.length(request);
  }

  /** The logit of an action. */
  public float logit(int request, int candidate, int action) {
    return logits[at(request, candidate, action, actions)];
  }

  /** The probability of an action. */
  public float probability(int request, int candidate, int action) {
    return probabilities[at(request, candidate, action, actions)];
  }

  /** The continuous output {@code index} (1: dwell time), in (0, 1). */
  public float continuous(int request, int candidate, int index) {
    return probabilities[at(request, candidate, index, continuous) + actions];
  }

  /** The logits of all candidates of a request, [candidates, A]. */
  public float[] logits(int request) {
    return columns(logits, request, 0, actions);
  }

  /** The probabilities of all candidates of a request, [candidates, A]. */
  public float[] probabilities(int request) {
    return columns(probabilities, request, 0, actions);
  }

  /** The continuous outputs of all candidates of a request, [candidates, continuous outputs]. */
  public float[] continuousValues(int request) {
    return columns(probabilities, request, actions, continuous);
  }

  private float[] columns(float[] values, int request, int first, int count) {
    float[] copy = new float[rows.length(request) * count];
    int width = actions + continuous;
    for (int i = 0; i < rows.length(request); i++) {
      System.arraycopy(values, (rows.begin(request) + i) * width + first, copy, i * count, count);
    }
    return copy;
  }

  /** The candidates of a request by falling probability of action 0, ties by index. */
  public int[] rankedIndices(int request) {
    return IntStream.range(0, candidates(request))
        .boxed()
        .sorted(Comparator.comparingDouble(candidate -> -probability(request, candidate, 0)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private int at(int request, int candidate, int column, int columns) {
    if (candidate < 0 || candidate >= rows.length(request) || column < 0 || column >= columns) {
      throw new IndexOutOfBoundsException(
          "request %d has %d candidates and %d columns, asked for [%d, %d]"
              .formatted(request, rows.length(request), columns, candidate, column));
    }
    return (rows.begin(request) + candidate) * (actions + continuous) + column;
  }
}

package dev.phoenix.training;

import dev.phoenix.ops.SoftmaxQueries;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.util.Arrays;

/**
 * Plans the sampled softmax of a batch over its distinct posts. A post that occurs n times counts n
 * times in the sum, as a bias of log n. For each query, the candidates of its own user are
 * subtracted from that count and its hard negatives added. Source: docs/model.md#9-training.
 */
final class SoftmaxPlan {
  private final TrainingConfig.RetrievalLoss loss;
  private final PostIndex index;
  private int[] candidateColumn = new int[0];
  private int[] occurrences = new int[0];
  private int[] negatives = new int[0];
  private int[] own = new int[0];
  private int[] ownColumns = new int[0];
  private int[] hard = new int[0];
  private final Ints exceptionColumns = new Ints();
  private final Floats exceptionBias = new Floats();
  private final Ints positiveColumns = new Ints();
  private final Floats positiveBias = new Floats();
  private final Floats positiveWeights = new Floats();

  SoftmaxPlan(TrainingConfig.RetrievalLoss loss, int hashes) {
    this.loss = loss;
    this.index = new PostIndex(hashes);
  }

  /** A growable list of ints that keeps its memory. */
  private static final class Ints {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }
  }

  /** A growable list of floats that keeps its memory. */
  private static final class Floats {
    private float[] values = new float[64];
    private int size;

    void add(float value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }
  }

  /** Numbers the distinct posts of {@code batch} and returns them. */
  PostRows number(RetrievalBatch batch) {
    int candidates = batch.candidates().count();
    int globals = batch.globalNegatives().count();
    index.clear(candidates + globals);
    if (candidateColumn.length < candidates) {
      candidateColumn = new int[candidates + candidates / 4];
    }
    if (occurrences.length < candidates + globals) {
      occurrences = new int[candidates + globals];
      negatives = new int[candidates + globals];
      own = new int[candidates + globals];
      hard = new int[candidates + globals];
      ownColumns = new int[candidates + globals];
    }
    Arrays.fill(occurrences, 0);
    Arrays.fill(negatives, 0);
    for (int i = 0; i < candidates; i++) {
      int column = index.add(batch.candidates(), i);
      candidateColumn[i] = column;
      occurrences[column]++;
      negatives[column] += loss.has(Option.IN_BATCH) ? 1 : 0;
    }
    for (int i = 0; i < globals; i++) {
      int column = index.add(batch.globalNegatives(), i);
      occurrences[column]++;
      negatives[column]++;
    }
    return index.posts();
  }

  /** The queries over the posts of the last call of {@link #number}. */
  SoftmaxQueries queries(RetrievalBatch batch) {
    exceptionColumns.size = 0;
    exceptionBias.size = 0;
    positiveColumns.size = 0;
    positiveBias.size = 0;
    positiveWeights.size = 0;
    int queries = batch.queries().count();
    int[] exceptionOffsets = new int[queries + 1];
    int[] positiveOffsets = new int[queries + 1];
    int withPositives = queriesWithPositives(batch);
    int[] users = batch.queries().user();
    int end;
    for (int first = 0; first < queries; first = end) {
      end = first + 1;
      while (end < queries && users[end] == users[first]) {
        end++;
      }
      int ownCount = countOwn(batch.candidateOffsets()[first], batch.candidateOffsets()[end]);
      for (int q = first; q < end; q++) {
        addPositives(batch, q, withPositives);
        positiveOffsets[q + 1] = positiveColumns.size;
        addExceptions(batch, q, ownCount, positiveOffsets[q]);
        exceptionOffsets[q + 1] = exceptionColumns.size;
      }
      for (int i = 0; i < ownCount; i++) {
        own[ownColumns[i]] = 0;
      }
    }
    return new SoftmaxQueries(
        negativeBias(),
        exceptionOffsets,
        exceptionColumns.values,
        exceptionBias.values,
        positiveOffsets,
        positiveColumns.values,
        positiveBias.values,
        positiveWeights.values);
  }

  /** The bias of every post as a negative of a query without exceptions. */
  private float[] negativeBias() {
    float[] bias = new float[index.count()];
    for (int column = 0; column < bias.length; column++) {
      bias[column] = bias(column, negatives[column]);
    }
    return bias;
  }

  /** log(count), and the correction log(1 / occurrences) where it is asked for. */
  private float bias(int column, int count) {
    if (count == 0) {
      return Float.NEGATIVE_INFINITY;
    }
    return (float) (Math.log(count) + correction(column));
  }

  private double correction(int column) {
    return loss.has(Option.LOG_Q) ? -Math.log(occurrences[column]) : 0;
  }

  private static int queriesWithPositives(RetrievalBatch batch) {
    int count = 0;
    for (int q = 0; q < batch.queries().count(); q++) {
      count += positives(batch, q) > 0 ? 1 : 0;
    }
    return count;
  }

  private static int positives(RetrievalBatch batch, int query) {
    int count = 0;
    for (int c = batch.candidateOffsets()[query]; c < batch.candidateOffsets()[query + 1]; c++) {
      count += batch.positive()[c] ? 1 : 0;
    }
    return count;
  }

  /**
   * Counts a user's own candidates by column and lists the distinct columns; returns their number.
   */
  private int countOwn(int from, int to) {
    int count = 0;
    for (int c = from; c < to; c++) {
      int column = candidateColumn[c];
      if (own[column]++ == 0) {
        ownColumns[count++] = column;
      }
    }
    return count;
  }

  private void addPositives(RetrievalBatch batch, int query, int withPositives) {
    double weight = 1.0 / positives(batch, query) / withPositives;
    for (int c = batch.candidateOffsets()[query]; c < batch.candidateOffsets()[query + 1]; c++) {
      if (batch.positive()[c]) {
        positiveColumns.add(candidateColumn[c]);
        positiveBias.add((float) correction(candidateColumn[c]));
        positiveWeights.add((float) weight);
      }
    }
  }

  private void addExceptions(RetrievalBatch batch, int query, int ownCount, int firstPositive) {
    int from = batch.candidateOffsets()[query];
    int to = batch.candidateOffsets()[query + 1];
    for (int c = from; c < to; c++) {
      hard[candidateColumn[c]] += batch.hardNegative()[c] ? 1 : 0;
    }
    for (int p = firstPositive; loss.has(Option.EXCLUDE_SAME) && p < positiveColumns.size; p++) {
      // Low enough that the total count of the column is never positive.
      hard[positiveColumns.values[p]] = Integer.MIN_VALUE / 2;
    }
    for (int i = 0; i < ownCount; i++) {
      int column = ownColumns[i];
      int others = negatives[column] - (loss.has(Option.IN_BATCH) ? own[column] : 0);
      int count = Math.max(0, others + hard[column]);
      if (count != negatives[column]) {
        exceptionColumns.add(column);
        exceptionBias.add(bias(column, count));
      }
    }
    for (int c = from; c < to; c++) {
      hard[candidateColumn[c]] = 0;
    }
  }
}

package dev.phoenix.kernels.reference;

import static dev.phoenix.kernels.reference.FiniteDifferences.check;
import static dev.phoenix.kernels.reference.FiniteDifferences.dot;
import static dev.phoenix.kernels.reference.FiniteDifferences.normal;
import static dev.phoenix.kernels.reference.FiniteDifferences.widen;

import org.junit.jupiter.api.Test;

class AttentionGradientTest {
  /** Logits of a few tens, where the cap is nonlinear. */
  private static final AttentionShape SHAPE = new AttentionShape(4, 2, 2, 9f);

  private static final int[] HISTORY = {0, 3, 3, 5};
  private static final int[] CANDIDATES = {0, 2, 3, 4};
  private static final boolean[] SEES_ITSELF = {true, false, false, true};

  @Test
  void historyAttention() {
    float[] q = normal("q", 5 * SHAPE.queryColumns());
    float[] k = normal("k", 5 * SHAPE.keyColumns());
    float[] v = normal("v", 5 * SHAPE.keyColumns());
    float[] gradOut = normal("gradOut", q.length);
    var actual =
        new HistoryAttentionBackwardReference.Gradients(
            new float[q.length], new float[k.length], new float[v.length]);
    HistoryAttentionBackwardReference.apply(
        actual, gradOut, q, new SegmentedKeyValues(k, v, HISTORY), SHAPE);
    check("q", m -> dot(gradOut, history(m, widen(k), widen(v))), q, actual.q());
    check("k", m -> dot(gradOut, history(widen(q), m, widen(v))), k, actual.keys());
    check("v", m -> dot(gradOut, history(widen(q), widen(k), m)), v, actual.values());
  }

  @Test
  void candidateAttention() {
    float[] q = normal("q", 4 * SHAPE.queryColumns());
    float[] ownK = normal("ownK", 4 * SHAPE.keyColumns());
    float[] ownV = normal("ownV", 4 * SHAPE.keyColumns());
    float[] k = normal("k", 5 * SHAPE.keyColumns());
    float[] v = normal("v", 5 * SHAPE.keyColumns());
    float[] gradOut = normal("gradOut", q.length);
    var actual =
        new CandidateAttentionBackwardReference.Gradients(
            new float[q.length],
            new float[ownK.length],
            new float[ownV.length],
            new float[k.length],
            new float[v.length]);
    CandidateAttentionBackwardReference.apply(
        actual,
        gradOut,
        new CandidateAttentionReference.Candidates(
            q, new SegmentedKeyValues(ownK, ownV, CANDIDATES), SEES_ITSELF),
        new SegmentedKeyValues(k, v, HISTORY),
        SHAPE);
    Rows rows = new Rows(widen(q), widen(ownK), widen(ownV), widen(k), widen(v));
    check(
        "q", m -> dot(gradOut, new Rows(m, rows.ok, rows.ov, rows.k, rows.v).out()), q, actual.q());
    check(
        "own keys",
        m -> dot(gradOut, new Rows(rows.q, m, rows.ov, rows.k, rows.v).out()),
        ownK,
        actual.ownKeys());
    check(
        "own values",
        m -> dot(gradOut, new Rows(rows.q, rows.ok, m, rows.k, rows.v).out()),
        ownV,
        actual.ownValues());
    check(
        "keys",
        m -> dot(gradOut, new Rows(rows.q, rows.ok, rows.ov, m, rows.v).out()),
        k,
        actual.historyKeys());
    check(
        "values",
        m -> dot(gradOut, new Rows(rows.q, rows.ok, rows.ov, rows.k, m).out()),
        v,
        actual.historyValues());
  }

  private static double[] history(double[] q, double[] k, double[] v) {
    double[] out = new double[q.length];
    for (int segment = 0; segment + 1 < HISTORY.length; segment++) {
      for (int row = HISTORY[segment]; row < HISTORY[segment + 1]; row++) {
        for (int head = 0; head < SHAPE.queryHeads(); head++) {
          Softmax softmax = new Softmax(q, row * SHAPE.queryColumns() + head * SHAPE.headSize());
          for (int past = HISTORY[segment]; past <= row; past++) {
            softmax.see(k, v, past * SHAPE.keyColumns() + head / 2 * SHAPE.headSize());
          }
          softmax.write(out);
        }
      }
    }
    return out;
  }

  /** Queries, own keys and values of candidates, keys and values of histories. */
  private record Rows(double[] q, double[] ok, double[] ov, double[] k, double[] v) {
    double[] out() {
      double[] out = new double[q.length];
      for (int request = 0; request + 1 < CANDIDATES.length; request++) {
        for (int row = CANDIDATES[request]; row < CANDIDATES[request + 1]; row++) {
          for (int head = 0; head < SHAPE.queryHeads(); head++) {
            Softmax softmax = new Softmax(q, row * SHAPE.queryColumns() + head * SHAPE.headSize());
            int headAt = head / 2 * SHAPE.headSize();
            for (int past = HISTORY[request]; past < HISTORY[request + 1]; past++) {
              softmax.see(k, v, past * SHAPE.keyColumns() + headAt);
            }
            if (SEES_ITSELF[row] || HISTORY[request] == HISTORY[request + 1]) {
              softmax.see(ok, ov, row * SHAPE.keyColumns() + headAt);
            }
            softmax.write(out);
          }
        }
      }
      return out;
    }
  }

  private static final class Softmax {
    private final double[] q;
    private final int at;
    private final double[] values = new double[SHAPE.headSize()];
    private double total;

    Softmax(double[] q, int at) {
      this.q = q;
      this.at = at;
    }

    void see(double[] k, double[] v, int kvAt) {
      double dot = 0;
      for (int d = 0; d < values.length; d++) {
        dot += q[at + d] * k[kvAt + d];
      }
      double weight = Math.exp(30 * Math.tanh(dot * SHAPE.multiplier() / 30));
      total += weight;
      for (int d = 0; d < values.length; d++) {
        values[d] += weight * v[kvAt + d];
      }
    }

    void write(double[] out) {
      for (int d = 0; d < values.length; d++) {
        out[at + d] = values[d] / total;
      }
    }
  }
}

package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.HostLossSum;
import dev.phoenix.ops.SoftmaxQueries;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The sampled softmax loss; replaces every row of dot products by its gradient in three passes. */
final class SoftmaxLoss {
  private final RowLoop loop;
  private double[] losses = new double[0];
  private double[] slopes = new double[0];
  private float[] bias = new float[0];

  SoftmaxLoss(RowLoop loop) {
    this.loop = loop;
  }

  /** The query of row 0, and 1 / temperature. */
  record Scores(int firstQuery, float inverseTemperature) {}

  void run(CpuTensor dots, SoftmaxQueries queries, Scores scores, HostLossSum sum) {
    int columns = dots.columns();
    if (queries.bias().length < columns) {
      throw new IllegalArgumentException(
          "%d columns take as many biases, found %d".formatted(columns, queries.bias().length));
    }
    if (losses.length < dots.rows()) {
      losses = new double[2 * dots.rows()];
      slopes = new double[2 * dots.rows()];
    }
    if (bias.length < dots.stride()) {
      bias = new float[2 * dots.stride()];
    }
    System.arraycopy(queries.bias(), 0, bias, 0, columns);
    Arrays.fill(bias, columns, dots.stride(), Float.NEGATIVE_INFINITY);
    loop.run(
        dots.rows(),
        (from, to) -> {
          Query query = new Query(dots, queries, bias, scores.inverseTemperature());
          for (int row = from; row < to; row++) {
            query.run(row, scores.firstQuery() + row);
            losses[row] = query.loss;
            slopes[row] = query.slope;
          }
        });
    for (int row = 0; row < dots.rows(); row++) {
      sum.addLoss(losses[row]);
      sum.addSlope(slopes[row]);
    }
  }

  /** Processes queries on one thread, one after the other. */
  private static final class Query {
    private final float[] x;
    private final int columns;
    private final int stride;
    private final SoftmaxQueries q;
    private final float[] bias;
    private final float scale;
    private final float[] lanes = new float[WIDTH];
    private final float[] weights;
    private float[] dots = new float[8];
    private double loss;
    private double slope;

    Query(CpuTensor dots, SoftmaxQueries queries, float[] bias, float scale) {
      this.x = dots.data();
      this.columns = dots.columns();
      this.stride = dots.stride();
      this.q = queries;
      this.bias = bias;
      this.scale = scale;
      this.weights = new float[stride];
    }

    void run(int row, int query) {
      int at = row * stride;
      int first = q.positiveOffsets()[query];
      int end = q.positiveOffsets()[query + 1];
      loss = 0;
      slope = 0;
      if (first == end) {
        Arrays.fill(x, at, at + stride, 0f);
        return;
      }
      keepPositives(at, first, end);
      score(at);
      replaceExceptions(at, query);
      float largest = largest(first, end);
      double total = exponentiate(query, largest);
      double share = 0;
      for (int p = first; p < end; p++) {
        double score = positiveScore(p, first);
        double own = Math.exp(score - largest);
        loss += q.positiveWeights()[p] * (Math.log(own + total) + largest - score);
        share += q.positiveWeights()[p] / (own + total);
      }
      double moment = share * scale * momentOf(at);
      spread(at, (float) (share * scale));
      for (int p = first; p < end; p++) {
        double own = Math.exp(positiveScore(p, first) - largest);
        double gradient = q.positiveWeights()[p] * scale * (own / (own + total) - 1);
        x[at + q.positiveColumns()[p]] += (float) gradient;
        moment += gradient * dots[p - first];
      }
      slope = -moment;
    }

    private void keepPositives(int at, int first, int end) {
      if (dots.length < end - first) {
        dots = new float[2 * (end - first)];
      }
      for (int p = first; p < end; p++) {
        dots[p - first] = x[at + q.positiveColumns()[p]];
      }
    }

    private double positiveScore(int p, int first) {
      return (double) dots[p - first] * scale + q.positiveBias()[p];
    }

    /** Writes scores plus column biases to {@code weights}. */
    private void score(int at) {
      for (int i = 0; i < stride; i += WIDTH) {
        FloatVector score = FloatVector.fromArray(FLOATS, x, at + i).mul(scale);
        score.add(FloatVector.fromArray(FLOATS, bias, i)).intoArray(weights, i);
      }
    }

    private void replaceExceptions(int at, int query) {
      for (int e = q.exceptionOffsets()[query]; e < q.exceptionOffsets()[query + 1]; e++) {
        int column = q.exceptionColumns()[e];
        weights[column] = x[at + column] * scale + q.exceptionBias()[e];
      }
    }

    private float largest(int first, int end) {
      FloatVector most = FloatVector.fromArray(FLOATS, weights, 0);
      for (int i = WIDTH; i < stride; i += WIDTH) {
        most = most.max(FloatVector.fromArray(FLOATS, weights, i));
      }
      most.intoArray(lanes, 0);
      float largest = Float.NEGATIVE_INFINITY;
      for (float lane : lanes) {
        largest = Math.max(largest, lane);
      }
      for (int p = first; p < end; p++) {
        largest = Math.max(largest, (float) positiveScore(p, first));
      }
      return largest;
    }

    /** Replaces scores by weights, 0 for columns left out, and returns the sum of the weights. */
    private double exponentiate(int query, float largest) {
      for (int i = 0; i < stride; i += WIDTH) {
        Lanes.exp(FloatVector.fromArray(FLOATS, weights, i).sub(largest)).intoArray(weights, i);
      }
      for (int e = q.exceptionOffsets()[query]; e < q.exceptionOffsets()[query + 1]; e++) {
        if (q.exceptionBias()[e] == Float.NEGATIVE_INFINITY) {
          weights[q.exceptionColumns()[e]] = 0;
        }
      }
      Arrays.fill(weights, columns, stride, 0f);
      double total = 0;
      for (int from = 0; from < stride; from += 64 * WIDTH) {
        total += sum(from, Math.min(stride, from + 64 * WIDTH));
      }
      return total;
    }

    /** The ranges are short, which keeps the rounding error of float32 sums small. */
    private float sum(int from, int to) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = from; i < to; i += WIDTH) {
        sum = sum.add(FloatVector.fromArray(FLOATS, weights, i));
      }
      sum.intoArray(lanes, 0);
      return Rows.sumStored(lanes, 0);
    }

    /** The sum of weights times dot products. */
    private double momentOf(int at) {
      double total = 0;
      for (int from = 0; from < stride; from += 64 * WIDTH) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = from; i < Math.min(stride, from + 64 * WIDTH); i += WIDTH) {
          FloatVector dot = FloatVector.fromArray(FLOATS, x, at + i);
          sum = dot.fma(FloatVector.fromArray(FLOATS, weights, i), sum);
        }
        sum.intoArray(lanes, 0);
        total += Rows.sumStored(lanes, 0);
      }
      return total;
    }

    private void spread(int at, float share) {
      for (int i = 0; i < stride; i += WIDTH) {
        FloatVector.fromArray(FLOATS, weights, i).mul(share).intoArray(x, at + i);
      }
    }
  }
}

package dev.phoenix.kernels.reference;

import java.util.Arrays;

/**
 * The gradients of one query and one head. With weights p = softmax(cap(s)), s = m q·k, and
 * gradient g of the output: the gradient of the capped logit is p (g·v - sum of p g·v), that of the
 * logit s is this times cap'(s). The first pass over the keys computes the sums, the second adds
 * the gradients.
 */
final class SoftmaxGradient {
  /** Sums of the gradients of keys and values [rows, G*K], rounded once at the end. */
  record KeyValueSums(double[] keys, double[] values) {
    static KeyValueSums of(float[] keys) {
      return new KeyValueSums(new double[keys.length], new double[keys.length]);
    }

    void addTo(float[] keysTo, float[] valuesTo) {
      for (int i = 0; i < keys.length; i++) {
        keysTo[i] += (float) keys[i];
        valuesTo[i] += (float) values[i];
      }
    }
  }

  private final AttentionShape shape;
  private final double[] query;
  private final double[] gradOut;
  private final double[] gradQuery;
  private double total;
  private double weighted;

  SoftmaxGradient(AttentionShape shape) {
    this.shape = shape;
    this.query = new double[shape.headSize()];
    this.gradOut = new double[shape.headSize()];
    this.gradQuery = new double[shape.headSize()];
  }

  /** Starts a query; the query and its output gradient both begin at {@code at}. */
  void begin(float[] queries, float[] gradients, int at) {
    for (int d = 0; d < shape.headSize(); d++) {
      query[d] = queries[at + d];
      gradOut[d] = gradients[at + d];
    }
    Arrays.fill(gradQuery, 0);
    total = 0;
    weighted = 0;
  }

  /** First pass: adds one key and value to the sums. */
  void see(SegmentedKeyValues from, int at) {
    double weight = Math.exp(ActivationReference.cap(logit(from, at)));
    total += weight;
    weighted += weight * dot(gradOut, from.values(), at);
  }

  /** Second pass: adds the gradients of the same key and value at the same index. */
  void spread(KeyValueSums to, SegmentedKeyValues from, int at) {
    double logit = logit(from, at);
    double share = Math.exp(ActivationReference.cap(logit)) / total;
    double gradCapped = share * (dot(gradOut, from.values(), at) - weighted / total);
    double gradDot = gradCapped * ActivationBackwardReference.cap(logit) * shape.multiplier();
    for (int d = 0; d < shape.headSize(); d++) {
      gradQuery[d] += gradDot * from.keys()[at + d];
      to.keys()[at + d] += gradDot * query[d];
      to.values()[at + d] += share * gradOut[d];
    }
  }

  /** Adds the query's gradient. */
  void addTo(float[] gradQueries, int at) {
    for (int d = 0; d < shape.headSize(); d++) {
      gradQueries[at + d] += (float) gradQuery[d];
    }
  }

  private double logit(SegmentedKeyValues from, int at) {
    return dot(query, from.keys(), at) * shape.multiplier();
  }

  private double dot(double[] x, float[] y, int at) {
    double sum = 0;
    for (int d = 0; d < shape.headSize(); d++) {
      sum += x[d] * y[at + d];
    }
    return sum;
  }
}

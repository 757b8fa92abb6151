package dev.phoenix.kernels.reference;

/**
 * The softmax-weighted sum of values for one query and one head. The cap bounds every logit to ±30,
 * so no running maximum is needed: weights are plain exponentials and partial sums merge by
 * addition.
 */
final class SoftmaxAccumulator {
  private final AttentionShape shape;
  private final double[] weighted;
  private double total;

  SoftmaxAccumulator(AttentionShape shape) {
    this.shape = shape;
    this.weighted = new double[shape.headSize()];
  }

  void reset() {
    total = 0;
    java.util.Arrays.fill(weighted, 0);
  }

  /** Adds one key and value, both of K elements, for the query at {@code q[qAt..]}. */
  void see(float[] q, int qAt, float[] k, float[] v, int kvAt) {
    double dot = 0;
    for (int d = 0; d < shape.headSize(); d++) {
      dot += (double) q[qAt + d] * k[kvAt + d];
    }
    double weight = Math.exp(ActivationReference.cap(dot * shape.multiplier()));
    total += weight;
    for (int d = 0; d < shape.headSize(); d++) {
      weighted[d] += weight * v[kvAt + d];
    }
  }

  void write(float[] out, int at) {
    for (int d = 0; d < shape.headSize(); d++) {
      out[at + d] = (float) (weighted[d] / total);
    }
  }
}

package dev.phoenix.ops.cpu;

import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;

/** A norm's scale [1, D], padded with zeros so that padding columns stay zero. */
final class ScaleVector implements Weight, Scope.Resource {
  private final Shape shape;
  private float[] values;

  private ScaleVector(float[] values) {
    this.shape = new Shape(1, values.length);
    this.values = Arrays.copyOf(values, Lanes.padded(values.length));
  }

  static ScaleVector create(Scope scope, float[] values) {
    return scope.own(new ScaleVector(values));
  }

  static ScaleVector of(Weight weight) {
    if (weight instanceof ScaleVector scale) {
      return scale;
    }
    if (weight instanceof CpuTrainable trainable) {
      return trainable.scale();
    }
    throw new IllegalArgumentException("a weight of " + weight.shape() + " is not a CPU scale");
  }

  float[] values() {
    return values;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public long bytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  public void release() {
    values = new float[0];
  }
}

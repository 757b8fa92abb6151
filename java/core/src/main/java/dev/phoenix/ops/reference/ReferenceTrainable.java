package dev.phoenix.ops.reference;

import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;

/** A parameter in training: dense values, gradients and moments. */
final class ReferenceTrainable implements Trainable {
  private final ReferenceTensor value;
  private final ReferenceTensor gradient;
  private final ReferenceTensor first;
  private final ReferenceTensor second;
  private float[] refreshed = new float[0];

  ReferenceTrainable(Scope scope, String name, Shape shape) {
    this.value = scope.own(new ReferenceTensor(name, shape));
    this.gradient = scope.own(new ReferenceTensor(name + " gradient", shape));
    this.first = scope.own(new ReferenceTensor(name + " mean", shape));
    this.second = scope.own(new ReferenceTensor(name + " mean square", shape));
  }

  static ReferenceTrainable of(Trainable parameter) {
    if (parameter instanceof ReferenceTrainable reference) {
      return reference;
    }
    throw new IllegalArgumentException(
        parameter.shape() + " is not a parameter of the reference backend");
  }

  /** Copies the current values to those that matrix products read. */
  void refresh() {
    refreshed = value.values();
  }

  /** The values that matrix products read. */
  float[] refreshed() {
    return refreshed;
  }

  @Override
  public ReferenceTensor value() {
    return value;
  }

  @Override
  public ReferenceTensor gradient() {
    return gradient;
  }

  @Override
  public ReferenceTensor firstMoment() {
    return first;
  }

  @Override
  public ReferenceTensor secondMoment() {
    return second;
  }

  @Override
  public Shape shape() {
    return value.shape();
  }
}

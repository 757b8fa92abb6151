package dev.phoenix.ops.cpu;

import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/**
 * A parameter in training: dense values, gradients and moments, and packed copies of the values.
 */
final class CpuTrainable implements Trainable {
  private final CpuTensor value;
  private final CpuTensor gradient;
  private final CpuTensor first;
  private final CpuTensor second;
  private final PackedMatrix packed;
  private final PackedMatrix transposed;
  private final ScaleVector scale;
  private final boolean matrix;

  private CpuTrainable(Scope scope, String name, Shape capacity, Kind kind) {
    matrix = kind != Kind.SCALE;
    value = CpuTensor.create(scope, name, capacity);
    gradient = CpuTensor.create(scope, name + " gradient", capacity);
    Shape moments = kind == Kind.ROWS ? new Shape(0, capacity.columns()) : capacity;
    first = CpuTensor.create(scope, name + " mean", moments);
    second = CpuTensor.create(scope, name + " mean square", moments);
    packed = PackedMatrix.empty(scope);
    transposed = PackedMatrix.empty(scope);
    scale = ScaleVector.create(scope, new float[matrix ? 0 : capacity.columns()]);
  }

  /** The kind of a parameter. */
  enum Kind {
    /** A matrix. */
    MATRIX,
    /** A matrix whose rows in use vary by batch and that no optimiser updates. */
    ROWS,
    /** A scale. */
    SCALE
  }

  static CpuTrainable create(Scope scope, String name, Shape capacity, Kind kind) {
    return new CpuTrainable(scope, name, capacity, kind);
  }

  static CpuTrainable of(Trainable parameter) {
    if (parameter instanceof CpuTrainable cpu) {
      return cpu;
    }
    throw new IllegalArgumentException(parameter.shape() + " is not a parameter in CPU memory");
  }

  /** Copies the values to the packed copies that matrix products read. */
  void refresh(Team team) {
    if (matrix) {
      packed.pack(team, value);
      transposed.packTransposed(team, value);
    } else {
      System.arraycopy(value.data(), 0, scale.values(), 0, value.columns());
    }
  }

  /** [in, out], packed. */
  PackedMatrix packed() {
    return packed;
  }

  /** [out, in], packed. */
  PackedMatrix transposed() {
    return transposed;
  }

  ScaleVector scale() {
    return scale;
  }

  @Override
  public CpuTensor value() {
    return value;
  }

  @Override
  public CpuTensor gradient() {
    return gradient;
  }

  @Override
  public Tensor firstMoment() {
    return first;
  }

  @Override
  public Tensor secondMoment() {
    return second;
  }

  @Override
  public Shape shape() {
    return value.shape();
  }
}

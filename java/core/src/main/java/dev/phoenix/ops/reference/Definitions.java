package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.ContinuousLossReference.Distance;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.RopeShape;

/** The shapes and options of operations, as the scalar definitions take them. */
final class Definitions {
  private Definitions() {}

  static AttentionShape shape(HeadShape shape) {
    return new AttentionShape(
        shape.queryHeads(), shape.keyValueHeads(), shape.headSize(), shape.multiplier());
  }

  static RopeReference.Shape shape(RopeShape shape) {
    return new RopeReference.Shape(shape.columns(), shape.heads(), shape.headSize());
  }

  static Distance distance(ContinuousLoss loss) {
    return switch (loss) {
      case MAE -> Distance.MAE;
      case MSE -> Distance.MSE;
      case HUBER -> Distance.HUBER;
      case TWEEDIE -> Distance.TWEEDIE;
    };
  }
}

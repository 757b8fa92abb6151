package dev.phoenix.training;

import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.List;

/**
 * A small table and its block of a projection. All tokens share the rows of table · block, so the
 * product is computed once per step, and its gradient is propagated to both factors once per step.
 */
final class FoldedTable {
  private final GradientOps ops;
  private final Trainable table;
  private final Trainable block;
  private final Trainable product;

  FoldedTable(GradientOps ops, Scope scope, Trainable table, Trainable block) {
    this.ops = ops;
    this.table = table;
    this.block = block;
    this.product =
        ops.trainable(
            scope, "folded table", new Shape(table.shape().rows(), block.shape().columns()));
  }

  /** Computes table · block from the current values and sets the product's gradient to zero. */
  void fold() {
    ops.matmul(product.value(), table.value(), block);
    ops.refresh(List.of(product));
    ops.clearGradients(List.of(product));
  }

  /** Propagates the gradient of the product to table and block. */
  void unfold() {
    ops.matmulInputGradientAdd(table.gradient(), product.gradient(), block);
    ops.matmulWeightGradient(block, table.value(), product.gradient());
  }

  /** The product [rows, D]. */
  Trainable product() {
    return product;
  }
}

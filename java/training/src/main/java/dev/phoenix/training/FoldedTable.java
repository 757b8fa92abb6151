package dev.phoenix.training;

import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.List;

/**
 * A small table and the block of a projection that it meets. Rows of table · block are the same for
 * every token, so the product is made once a step, and its gradient goes on to both once a step.
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
        ops.matrix(scope, "folded table", new Shape(table.shape().rows(), block.shape().columns()));
  }

  /** table · block, as the values are now; gradient zero. */
  void fold() {
    ops.ops().matmul(product.value(), table.value(), block);
    ops.refresh(List.of(product));
    ops.clearGradients(List.of(product));
  }

  /** Hands the product's gradient on. */
  void unfold() {
    ops.matmulInputGradientAdd(table.gradient(), product.gradient(), block);
    ops.matmulWeightGradient(block, table.value(), product.gradient());
  }

  /** The product [rows, D]. */
  Trainable product() {
    return product;
  }
}

package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/**
 * The activations of one pass, reused from pass to pass.
 *
 * @param scope owns the tensors
 * @param hidden [rows, D] the residual stream: tokens in, outputs out
 * @param normed [rows, D] input of the next block
 * @param queryKeyValue [rows, (H + 2G) K]
 * @param keyValue [rows, 2G K]
 * @param attended [rows, H K]
 * @param gated [rows, F]
 * @param branch [rows, D] output of a block before its norm
 */
record TransformerState(
    Scope scope,
    Tensor hidden,
    Tensor normed,
    Tensor queryKeyValue,
    Tensor keyValue,
    Tensor attended,
    Tensor gated,
    Tensor branch)
    implements AutoCloseable {

  static TransformerState create(Ops ops, ModelConfig config, int capacity) {
    return Scope.build("transformer state", scope -> in(scope, ops, config, capacity));
  }

  private static TransformerState in(Scope scope, Ops ops, ModelConfig config, int capacity) {
    int d = config.embSize();
    int queryColumns = config.attention().numQHeads() * config.attention().keySize();
    int keyColumns = config.attention().numKvHeads() * config.attention().keySize();
    return new TransformerState(
        scope,
        ops.tensor(scope, "hidden", new Shape(capacity, d)),
        ops.activation(scope, "normed", new Shape(capacity, d)),
        ops.activation(
            scope, "query_key_value", new Shape(capacity, queryColumns + 2 * keyColumns)),
        ops.activation(scope, "key_value", new Shape(capacity, 2 * keyColumns)),
        ops.activation(scope, "attended", new Shape(capacity, queryColumns)),
        ops.activation(scope, "gated", new Shape(capacity, config.transformer().ffnSize())),
        ops.tensor(scope, "branch", new Shape(capacity, d)));
  }

  @Override
  public void close() {
    scope.close();
  }
}

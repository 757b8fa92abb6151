package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What the forward pass of a run of rows leaves for the backward, layer by layer, and the gradients
 * on their way down. Reused from pass to pass.
 *
 * @param layers one a layer
 * @param output [rows, D] the residual stream after the last layer
 * @param normed [rows, D] its norm, where a model has one
 * @param dHidden [rows, D] the gradient on the residual stream
 * @param dNormed [rows, D] by a block's normed input
 * @param dBranch [rows, D] by a block's output
 * @param dQkv [rows, (H + 2G) K]
 * @param dAttended [rows, H K]
 * @param dGateUp [rows, 2F]
 * @param dGated [rows, F]
 */
record RowStates(
    Scope scope,
    List<Layer> layers,
    Tensor output,
    Tensor normed,
    Tensor dHidden,
    Tensor dNormed,
    Tensor dBranch,
    Tensor dQkv,
    Tensor dAttended,
    Tensor dGateUp,
    Tensor dGated)
    implements AutoCloseable {

  /**
   * What one layer leaves.
   *
   * @param residual [rows, D] the stream as it comes in
   * @param normed [rows, D] input of the attention block
   * @param qkv [rows, (H + 2G) K], rotated
   * @param attended [rows, H K]
   * @param attention [rows, D] the attention block's output, before its norm
   * @param middle [rows, D] the stream between the blocks
   * @param middleNormed [rows, D] input of the feed-forward block
   * @param gateUp [rows, 2F]
   * @param gated [rows, F]
   * @param feedForward [rows, D] the feed-forward block's output, before its norm
   */
  record Layer(
      Tensor residual,
      Tensor normed,
      Tensor qkv,
      Tensor attended,
      Tensor attention,
      Tensor middle,
      Tensor middleNormed,
      Tensor gateUp,
      Tensor gated,
      Tensor feedForward) {}

  /** States of no rows yet, which follow the largest pass. */
  static Growable<RowStates> growable(Ops ops, ModelConfig config) {
    return new Growable<>(
        rows -> ops.capacityFor(rows + rows / 4), capacity -> create(ops, config, capacity));
  }

  private static RowStates create(Ops ops, ModelConfig config, int capacity) {
    return Scope.build("training states", scope -> in(scope, ops, config, capacity));
  }

  private static RowStates in(Scope scope, Ops ops, ModelConfig config, int capacity) {
    int d = config.embSize();
    int f = config.ffnSize();
    int q = config.numQHeads() * config.keySize();
    int qkv = q + 2 * config.numKvHeads() * config.keySize();
    Maker make = new Maker(ops, scope, capacity);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.numLayers(); i++) {
      layers.add(
          new Layer(
              make.rows("residual", d),
              make.activations("normed", d),
              make.activations("query_key_value", qkv),
              make.activations("attended", q),
              make.rows("attention", d),
              make.rows("middle", d),
              make.activations("middle_normed", d),
              make.activations("gate_up", 2 * f),
              make.activations("gated", f),
              make.rows("feed_forward", d)));
    }
    return new RowStates(
        scope,
        List.copyOf(layers),
        make.rows("output", d),
        make.rows("output_normed", d),
        make.rows("d_hidden", d),
        make.rows("d_normed", d),
        make.activations("d_branch", d),
        make.rows("d_query_key_value", qkv),
        make.activations("d_attended", q),
        make.activations("d_gate_up", 2 * f),
        make.rows("d_gated", f));
  }

  private record Maker(Ops ops, Scope scope, int capacity) {
    Tensor rows(String name, int columns) {
      return ops.tensor(scope, name, new Shape(capacity, columns));
    }

    /** What products read, or what only they and their neighbours do. */
    Tensor activations(String name, int columns) {
      return ops.activation(scope, name, new Shape(capacity, columns));
    }
  }

  /** The tokens: the residual stream as it comes into the first layer. */
  Tensor tokens() {
    return layers.getFirst().residual();
  }

  @Override
  public void close() {
    scope.close();
  }
}

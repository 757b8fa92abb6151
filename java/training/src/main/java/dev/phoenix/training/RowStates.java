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
 * The activations of a forward pass that the backward pass needs, by layer, and the gradients of
 * the backward pass. Reused from pass to pass.
 *
 * @param layers activations by layer
 * @param output [rows, D] the residual stream after the last layer
 * @param normed [rows, D] output of the final norm, if the model has one
 * @param dHidden [rows, D] the gradient on the residual stream
 * @param dNormed [rows, D] the gradient by the normed input of a block
 * @param dBranch [rows, D] the gradient by the output of a block
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
   * The activations of one layer.
   *
   * @param residual [rows, D] the residual stream before the layer
   * @param normed [rows, D] input of the attention block
   * @param qkv [rows, (H + 2G) K], rotated
   * @param attended [rows, H K]
   * @param attention [rows, D] the attention block's output, before its norm
   * @param middle [rows, D] the residual stream between the blocks
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

  /** Creates empty states that grow to the largest pass. */
  static Growable<RowStates> growable(Ops ops, ModelConfig config) {
    return new Growable<>(
        rows -> ops.capacityFor(rows + rows / 4), capacity -> create(ops, config, capacity));
  }

  private static RowStates create(Ops ops, ModelConfig config, int capacity) {
    return Scope.build("training states", scope -> in(scope, ops, config, capacity));
  }

  private static RowStates in(Scope scope, Ops ops, ModelConfig config, int capacity) {
    int d = config.embSize();
    int f = config.transformer().ffnSize();
    int q = config.attention().numQHeads() * config.attention().keySize();
    int qkv = q + 2 * config.attention().numKvHeads() * config.attention().keySize();
    Maker make = new Maker(ops, scope, capacity);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.transformer().numLayers(); i++) {
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

    /** A tensor in the backend's precision for activations, for operands of products. */
    Tensor activations(String name, int columns) {
      return ops.activation(scope, name, new Shape(capacity, columns));
    }
  }

  /** The tokens: the residual stream before the first layer. */
  Tensor tokens() {
    return layers.getFirst().residual();
  }

  @Override
  public void close() {
    scope.close();
  }
}

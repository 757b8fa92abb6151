package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of the transformer, which stores activations, and its backward pass. History
 * rows go through each layer just before the candidate rows, so that the keys and values of only
 * one layer are kept at a time. The gradients of candidates by these are added to those of the
 * history. Source: docs/model.md#4-transformer and #9-training.
 */
final class TransformerGraph {
  private final GradientOps ops;
  private final List<TrainedLayer> layers;
  private final @Nullable Trainable outputNorm;
  private final HeadShape shape;
  private final RopeShape rotation;

  /**
   * Creates a transformer; {@code outputNorm} is the final norm of candidates, null in a retrieval
   * model.
   */
  TransformerGraph(
      GradientOps ops,
      ModelConfig config,
      List<TrainedLayer> layers,
      @Nullable Trainable outputNorm) {
    this.ops = ops;
    this.layers = layers;
    this.outputNorm = outputNorm;
    this.shape = heads(config);
    this.rotation = shape.rope();
  }

  static HeadShape heads(ModelConfig config) {
    ModelConfig.Attention attention = config.attention();
    return new HeadShape(
        attention.numQHeads(),
        attention.numKvHeads(),
        attention.keySize(),
        (float) attention.attnOutputMultiplier());
  }

  /** Computes {@code history.output()} from {@code history.tokens()}. */
  void forward(RowStates history, KeyValues kept, DropoutMasks drops) {
    begin(history);
    for (int i = 0; i < layers.size(); i++) {
      project(history, i, kept.history());
      ops.keep(kept, 0, history.layers().get(i).qkv());
      attendHistory(history, i, kept);
      finish(history, i, drops);
    }
  }

  /**
   * Computes the normed outputs of the candidates from history and candidate tokens. In the last
   * layer, only the keys and values of the history are computed.
   */
  void forward(
      RowStates history, RowStates candidates, RowLayout rows, KeyValues kept, DropoutMasks drops) {
    begin(history);
    begin(candidates);
    for (int i = 0; i < layers.size(); i++) {
      project(history, i, kept.history());
      ops.keep(kept, 0, history.layers().get(i).qkv());
      if (i < layers.size() - 1) {
        attendHistory(history, i, kept);
        finish(history, i, drops);
      }
      project(candidates, i, rows);
      RowStates.Layer state = candidates.layers().get(i);
      ops.attendCandidates(state.attended(), state.qkv(), rows, kept, 0);
      finish(candidates, i, drops.ofCandidates());
    }
  }

  private void attendHistory(RowStates states, int i, KeyValues kept) {
    RowStates.Layer state = states.layers().get(i);
    ops.attendHistory(state.attended(), state.qkv(), kept, 0);
  }

  private void begin(RowStates states) {
    RowStates.Layer first = states.layers().getFirst();
    ops.rmsNorm(first.normed(), first.residual(), layers.getFirst().attentionNorm());
  }

  /** Computes rotated queries and keys, and values. */
  private void project(RowStates states, int i, RowLayout rows) {
    RowStates.Layer state = states.layers().get(i);
    ops.matmul(state.qkv(), state.normed(), layers.get(i).queryKeyValue());
    ops.rope(state.qkv(), rows, rotation);
  }

  /**
   * Computes the rest of a layer after attention: output projection, feed-forward and the next
   * norm.
   */
  private void finish(RowStates states, int i, DropoutMasks drops) {
    TrainedLayer layer = layers.get(i);
    RowStates.Layer state = states.layers().get(i);
    ops.matmul(state.attention(), state.attended(), layer.attentionOutput());
    drops.apply(state.attention(), 2 * i);
    ops.addRmsNorm(state.middleNormed(), middle(state, layer), state.residual());
    ops.matmul(state.gateUp(), state.middleNormed(), layer.gateUp());
    ops.geglu(state.gated(), state.gateUp());
    ops.matmul(state.feedForward(), state.gated(), layer.down());
    drops.apply(state.feedForward(), 2 * i + 1);
    NormPair<Trainable> end = end(states, i);
    if (end == null) {
      ops.addNorm(
          states.output(), state.middle(), state.feedForward(), layer.feedForwardOutputNorm());
    } else {
      ops.addRmsNorm(endNormed(states, i), end, state.middle());
    }
  }

  private static NormPair<Trainable> middle(RowStates.Layer state, TrainedLayer layer) {
    return new NormPair<>(
        state.middle(), state.attention(), layer.attentionOutputNorm(), layer.feedForwardNorm());
  }

  /** The norms between layer {@code i} and the next; null if no norm follows. */
  private @Nullable NormPair<Trainable> end(RowStates states, int i) {
    boolean last = i == layers.size() - 1;
    Trainable next = last ? outputNorm : layers.get(i + 1).attentionNorm();
    if (next == null) {
      return null;
    }
    Tensor sum = last ? states.output() : states.layers().get(i + 1).residual();
    return new NormPair<>(
        sum, states.layers().get(i).feedForward(), layers.get(i).feedForwardOutputNorm(), next);
  }

  private Tensor endNormed(RowStates states, int i) {
    return i == layers.size() - 1 ? states.normed() : states.layers().get(i + 1).normed();
  }

  /**
   * Replaces {@code history.dHidden()}, the gradient by the outputs, by the gradient by the tokens.
   */
  void backward(RowStates history, RowLayout rows, DropoutMasks drops) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      finishBackward(history, i, drops);
      ops.zero(history.dQkv());
      ops.attendHistoryGradient(attention(history, i), rows, shape);
      projectBackward(history, i, rows);
    }
    end(history);
  }

  /**
   * Computes the gradients by both kinds of tokens from {@code candidates.dNormed()}, the gradient
   * by the normed outputs.
   */
  void backward(
      RowStates history,
      RowStates candidates,
      RowLayout rows,
      RowLayout historyRows,
      DropoutMasks drops) {
    candidates.dHidden().useRows(rows.rows());
    ops.zero(candidates.dHidden());
    history.dHidden().useRows(historyRows.rows());
    ops.zero(history.dHidden());
    for (int i = layers.size() - 1; i >= 0; i--) {
      finishBackward(candidates, i, drops.ofCandidates());
      if (i < layers.size() - 1) {
        finishBackward(history, i, drops);
      }
      candidates.dQkv().useRows(rows.rows());
      ops.zero(candidates.dQkv());
      history.dQkv().useRows(historyRows.rows());
      ops.zero(history.dQkv());
      ops.attendCandidatesGradient(
          attention(candidates, i),
          rows,
          new KeyValueGradient(historyRows, history.dQkv(), history.layers().get(i).qkv()),
          shape);
      if (i < layers.size() - 1) {
        ops.attendHistoryGradient(attention(history, i), historyRows, shape);
      }
      projectBackward(candidates, i, rows);
      projectBackward(history, i, historyRows);
    }
    end(candidates);
    end(history);
  }

  private static AttentionGradient attention(RowStates states, int i) {
    RowStates.Layer state = states.layers().get(i);
    return new AttentionGradient(states.dQkv(), state.qkv(), state.attended(), states.dAttended());
  }

  private void finishBackward(RowStates states, int i, DropoutMasks drops) {
    TrainedLayer layer = layers.get(i);
    RowStates.Layer state = states.layers().get(i);
    NormPair<Trainable> end = end(states, i);
    if (end == null) {
      ops.addNormGradient(
          states.dBranch(), states.dHidden(), state.feedForward(), layer.feedForwardOutputNorm());
    } else {
      ops.addRmsNormGradient(states.dHidden(), states.dBranch(), states.dNormed(), end);
    }
    drops.apply(states.dBranch(), 2 * i + 1);
    ops.matmulWeightGradient(layer.down(), state.gated(), states.dBranch());
    ops.matmulInputGradient(states.dGated(), states.dBranch(), layer.down());
    ops.gegluGradient(states.dGateUp(), states.dGated(), state.gateUp());
    ops.matmulWeightGradient(layer.gateUp(), state.middleNormed(), states.dGateUp());
    ops.matmulInputGradient(states.dNormed(), states.dGateUp(), layer.gateUp());
    ops.addRmsNormGradient(
        states.dHidden(), states.dBranch(), states.dNormed(), middle(state, layer));
    drops.apply(states.dBranch(), 2 * i);
    ops.matmulWeightGradient(layer.attentionOutput(), state.attended(), states.dBranch());
    ops.matmulInputGradient(states.dAttended(), states.dBranch(), layer.attentionOutput());
    states.dQkv().useRows(state.qkv().rows());
  }

  private void projectBackward(RowStates states, int i, RowLayout rows) {
    RowStates.Layer state = states.layers().get(i);
    ops.ropeGradient(states.dQkv(), rows, rotation);
    ops.matmulWeightGradient(layers.get(i).queryKeyValue(), state.normed(), states.dQkv());
    ops.matmulInputGradient(states.dNormed(), states.dQkv(), layers.get(i).queryKeyValue());
  }

  /** The backward pass of the first norm. */
  private void end(RowStates states) {
    ops.rmsNormGradientAdd(
        states.dHidden(), states.dNormed(), states.tokens(), layers.getFirst().attentionNorm());
  }
}

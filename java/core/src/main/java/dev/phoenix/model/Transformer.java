package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.model.TransformerWeights.Layer;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Weight;
import java.util.List;

/**
 * The transformer in two steps. History tokens do not attend to candidates and candidates do not
 * attend to each other, so a request encodes its history once, keeps the keys and values of every
 * layer, and then scores any number of candidates against them. Source:
 * docs/model.md#4-transformer.
 */
final class Transformer {
  /** How far a history is encoded. */
  enum Depth {
    /** Up to the keys and values of the last layer: all that candidates need. */
    KEYS_AND_VALUES,
    /** Up to the hidden rows after the last layer. */
    OUTPUTS
  }

  private final Ops ops;
  private final List<Layer> layers;
  private final RopeShape queriesAndKeys;
  private final RopeShape keysOnly;

  Transformer(Ops ops, ModelConfig config, TransformerWeights weights) {
    this.ops = ops;
    this.layers = weights.layers();
    HeadShape shape = heads(config);
    this.queriesAndKeys = shape.rope();
    this.keysOnly = shape.keyRope();
  }

  static HeadShape heads(ModelConfig config) {
    ModelConfig.Attention attention = config.attention();
    return new HeadShape(
        attention.numQHeads(),
        attention.numKvHeads(),
        attention.keySize(),
        (float) attention.attnOutputMultiplier());
  }

  /**
   * Step one: encodes the history tokens in {@code state.hidden}, one row per row of {@code
   * kept.history()}, and stores the keys and values of every layer in {@code kept}.
   */
  void encodeHistory(TransformerState state, KeyValues kept, Depth depth, Trace trace) {
    RowLayout rows = kept.history();
    ops.rmsNorm(state.normed(), state.hidden(), layers.getFirst().attentionNorm());
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      if (depth == Depth.KEYS_AND_VALUES && i == layers.size() - 1) {
        ops.matmul(state.keyValue(), state.normed(), layer.keyValue());
        ops.rope(state.keyValue(), rows, keysOnly);
        ops.keep(kept, i, state.keyValue());
        return;
      }
      ops.matmul(state.queryKeyValue(), state.normed(), layer.queryKeyValue());
      ops.rope(state.queryKeyValue(), rows, queriesAndKeys);
      ops.keep(kept, i, state.queryKeyValue());
      ops.attendHistory(state.attended(), state.queryKeyValue(), kept, i);
      finishLayer(state, i);
      trace.see("layer_" + i, state.hidden(), rows);
    }
  }

  /**
   * Step two: replaces the candidate tokens in {@code state.hidden} by their outputs, before the
   * final norm.
   */
  void scoreCandidates(TransformerState state, RowLayout candidates, KeyValues kept, Trace trace) {
    ops.rmsNorm(state.normed(), state.hidden(), layers.getFirst().attentionNorm());
    for (int i = 0; i < layers.size(); i++) {
      ops.matmul(state.queryKeyValue(), state.normed(), layers.get(i).queryKeyValue());
      ops.rope(state.queryKeyValue(), candidates, queriesAndKeys);
      ops.attendCandidates(state.attended(), state.queryKeyValue(), candidates, kept, i);
      finishLayer(state, i);
      trace.see("layer_" + i, state.hidden(), candidates);
    }
  }

  /**
   * The rest of a layer after attention: output projection, feed-forward and the next layer's first
   * norm.
   */
  private void finishLayer(TransformerState state, int i) {
    Layer layer = layers.get(i);
    ops.matmul(state.branch(), state.attended(), layer.attentionOutput());
    addRmsNorm(state, layer.attentionOutputNorm(), layer.feedForwardNorm());
    ops.gatedMatmul(state.gated(), state.normed(), layer.gated());
    ops.matmul(state.branch(), state.gated(), layer.down());
    if (i == layers.size() - 1) {
      ops.addNorm(state.hidden(), state.hidden(), state.branch(), layer.feedForwardOutputNorm());
      return;
    }
    addRmsNorm(state, layer.feedForwardOutputNorm(), layers.get(i + 1).attentionNorm());
  }

  /** Adds the normed branch to the hidden rows and norms the sum. */
  private void addRmsNorm(TransformerState state, Weight branchScale, Weight nextScale) {
    ops.addRmsNorm(
        state.normed(),
        new NormPair<>(state.hidden(), state.branch(), branchScale, nextScale),
        state.hidden());
  }
}

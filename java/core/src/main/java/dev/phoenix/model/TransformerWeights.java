package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The weights of a transformer in a backend's memory. Source: docs/model.md#1-checkpoint-files. */
record TransformerWeights(List<Layer> layers) {
  /**
   * One decoder layer.
   *
   * @param attentionNorm scale [D] of the norm before attention
   * @param queryKeyValue [D, (H + 2G) K]
   * @param keyValue [D, 2G K]: the key and value columns of queryKeyValue, for a last layer of
   *     which only keys and values are needed
   * @param attentionOutput [H K, D]
   * @param attentionOutputNorm scale [D] of the norm after attention
   * @param feedForwardNorm scale [D] of the norm before the feed-forward block
   * @param gated linear and linear_v, [D, F] each
   * @param down [F, D]
   * @param feedForwardOutputNorm scale [D] of the norm after the feed-forward block
   */
  record Layer(
      Weight attentionNorm,
      Weight queryKeyValue,
      Weight keyValue,
      Weight attentionOutput,
      Weight attentionOutputNorm,
      Weight feedForwardNorm,
      Weight gated,
      Weight down,
      Weight feedForwardOutputNorm) {}

  static TransformerWeights load(
      Ops ops, Scope scope, ModelConfig config, ModelParameters parameters) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.transformer().numLayers(); i++) {
      layers.add(
          new Loader(ops, scope, config, parameters, "transformer/decoder_layer_" + i + "/")
              .load());
    }
    return new TransformerWeights(List.copyOf(layers));
  }

  private record Loader(
      Ops ops, Scope scope, ModelConfig config, ModelParameters parameters, String prefix) {

    Layer load() {
      int d = config.embSize();
      int f = config.transformer().ffnSize();
      int queryColumns = config.attention().numQHeads() * config.attention().keySize();
      int keyColumns = config.attention().numKvHeads() * config.attention().keySize();
      float[] query = values("multi_head_attention/query/w");
      float[] key = values("multi_head_attention/key/w");
      float[] value = values("multi_head_attention/value/w");
      return new Layer(
          scale("rms_norm"),
          ops.matrix(
              scope, new Shape(d, queryColumns + 2 * keyColumns), beside(d, query, key, value)),
          ops.matrix(scope, new Shape(d, 2 * keyColumns), beside(d, key, value)),
          matrix("multi_head_attention/linear/w", queryColumns, d),
          scale("rms_norm_1"),
          scale("rms_norm_2"),
          ops.gatedMatrix(scope, new Shape(d, f), values("linear/w"), values("linear_v/w")),
          matrix("linear_1/w", f, d),
          scale("rms_norm_3"));
    }

    private float[] values(String name) {
      return parameters.get(prefix + name);
    }

    private Weight scale(String norm) {
      return ops.scale(scope, values(norm + "/scale"));
    }

    private Weight matrix(String name, int in, int out) {
      return ops.matrix(scope, new Shape(in, out), values(name));
    }
  }

  /** Concatenates matrices of {@code rows} rows along their columns. */
  static float[] beside(int rows, float[]... matrices) {
    int columns = 0;
    for (float[] matrix : matrices) {
      columns += matrix.length / rows;
    }
    float[] all = new float[rows * columns];
    int at = 0;
    for (float[] matrix : matrices) {
      int width = matrix.length / rows;
      for (int row = 0; row < rows; row++) {
        System.arraycopy(matrix, row * width, all, row * columns + at, width);
      }
      at += width;
    }
    return all;
  }
}

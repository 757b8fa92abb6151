package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.Trainable;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of one decoder layer. Source: docs/model.md#1-checkpoint-files.
 *
 * @param attentionNorm scale [D] of the norm before attention
 * @param queryKeyValue [D, (H + 2G) K]
 * @param attentionOutput [H K, D]
 * @param attentionOutputNorm scale [D] of the norm after attention
 * @param feedForwardNorm scale [D] of the norm before the feed-forward block
 * @param gateUp linear and linear_v side by side, [D, 2F]
 * @param down [F, D]
 * @param feedForwardOutputNorm scale [D] of the norm after the feed-forward block
 */
record TrainedLayer(
    Trainable attentionNorm,
    Trainable queryKeyValue,
    Trainable attentionOutput,
    Trainable attentionOutputNorm,
    Trainable feedForwardNorm,
    Trainable gateUp,
    Trainable down,
    Trainable feedForwardOutputNorm) {

  static List<TrainedLayer> all(ParameterStore parameters, ModelConfig config) {
    List<TrainedLayer> layers = new ArrayList<>();
    for (int i = 0; i < config.transformer().numLayers(); i++) {
      String layer = "transformer/decoder_layer_" + i + "/";
      String attention = layer + "multi_head_attention/";
      layers.add(
          new TrainedLayer(
              parameters.whole(layer + "rms_norm/scale"),
              parameters.beside(attention + "query/w", attention + "key/w", attention + "value/w"),
              parameters.whole(attention + "linear/w"),
              parameters.whole(layer + "rms_norm_1/scale"),
              parameters.whole(layer + "rms_norm_2/scale"),
              parameters.beside(layer + "linear/w", layer + "linear_v/w"),
              parameters.whole(layer + "linear_1/w"),
              parameters.whole(layer + "rms_norm_3/scale")));
    }
    return List.copyOf(layers);
  }
}

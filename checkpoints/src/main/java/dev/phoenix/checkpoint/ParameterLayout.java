package dev.phoenix.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The names and shapes of a model's parameters in {@code model_params.npz}
 * (docs/model.md#1-checkpoint-files), in the order in which the reference implementation writes
 * them. Matrices are [in, out].
 */
public final class ParameterLayout {
  /** Scalar that training adds to a retrieval model; a model for inference may lack it. */
  public static final String LOG_TEMPERATURE = "~/log_temperature";

  private static final String TOWER =
      "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/"
          + "candidate_tower_projection_";

  private final SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
  private final Set<String> optional;

  private ParameterLayout(Set<String> optional) {
    this.optional = optional;
  }

  /** Parameters of a ranker; none is optional. */
  public static ParameterLayout ranker(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(Set.of());
    String model = "phoenix_model/";
    long d = config.embSize();
    long post = config.hashCounts().post();
    layout.add(
        model + "product_surface_embedding_table", config.features().productSurfaceVocabSize(), d);
    layout.add(model + "action_projection", config.actions().numActions(), d);
    layout.add(model + "history_dwell_time_proj1", 1, config.features().continuousHiddenDim());
    layout.add(model + "history_dwell_time_proj2", config.features().continuousHiddenDim(), d);
    layout.add(model + "proj_mat_1", config.hashCounts().user() * d, d);
    layout.add(model + "proj_mat_3", (post + 3) * d, d);
    layout.add(model + "post_age_embedding_table", config.features().postAgeBuckets(), d);
    layout.add(model + "proj_mat_2", (post + 2) * d, d);
    layout.add(model + "unembeddings", d, config.actions().numActions());
    layout.add(model + "continuous_unembeddings", d, config.actions().numContinuousActions());
    layout.addTransformer(config);
    layout.add(model + "rms_norm/scale", d);
    return layout;
  }

  /**
   * Parameters of a retrieval model. Those of the candidate tower are present only with {@link
   * ModelConfig.Retrieval#enableLinearProj()}; {@link #LOG_TEMPERATURE} is optional.
   */
  public static ParameterLayout retrieval(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(Set.of(LOG_TEMPERATURE));
    String model = "phoenix_retrieval_model/";
    long d = config.embSize();
    long post = config.hashCounts().post();
    layout.add(
        model + "product_surface_embedding_table", config.features().productSurfaceVocabSize(), d);
    layout.add(model + "action_projection", config.actions().numActions(), d);
    layout.add(model + "proj_mat_1", config.hashCounts().user() * d, d);
    layout.add(model + "proj_mat_3", (post + 2) * d, d);
    layout.addTransformer(config);
    if (config.retrieval().enableLinearProj()) {
      layout.add(TOWER + "1", post * d, 2 * d);
      layout.add(TOWER + "2", 2 * d, d);
    }
    layout.add(LOG_TEMPERATURE);
    return layout;
  }

  /**
   * Names and shapes of all parameters, including optional ones. The map is unmodifiable, the
   * arrays are copies.
   */
  public SequencedMap<String, long[]> shapes() {
    SequencedMap<String, long[]> copy = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> copy.put(name, shape.clone()));
    return Collections.unmodifiableSequencedMap(copy);
  }

  /** Whether a file may lack this parameter. */
  public boolean isOptional(String name) {
    return optional.contains(name);
  }

  private void addTransformer(ModelConfig config) {
    long d = config.embSize();
    long query = (long) config.attention().numQHeads() * config.attention().keySize();
    long key = (long) config.attention().numKvHeads() * config.attention().keySize();
    long f = config.transformer().ffnSize();
    for (int i = 0; i < config.transformer().numLayers(); i++) {
      String layer = "transformer/decoder_layer_" + i + "/";
      String attention = layer + "multi_head_attention/";
      add(layer + "rms_norm/scale", d);
      add(attention + "query/w", d, query);
      add(attention + "key/w", d, key);
      add(attention + "value/w", d, key);
      add(attention + "linear/w", query, d);
      add(layer + "rms_norm_1/scale", d);
      add(layer + "rms_norm_2/scale", d);
      add(layer + "linear_v/w", d, f);
      add(layer + "linear/w", d, f);
      add(layer + "linear_1/w", f, d);
      add(layer + "rms_norm_3/scale", d);
    }
  }

  private void add(String name, long... shape) {
    shapes.put(name, shape);
  }
}

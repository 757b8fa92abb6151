package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;

/**
 * The weights and tables of a ranker, shared by all its lanes.
 *
 * @param head unembeddings and continuous_unembeddings side by side [D, A + continuous], float32 at
 *     every precision
 */
record RankerWeights(
    Scope scope,
    ModelConfig config,
    TokenTables tables,
    HistoryTokenWeights history,
    CandidateTokens.Weights candidate,
    TransformerWeights transformer,
    Weight outputNorm,
    Weight head)
    implements AutoCloseable {
  private static final String PREFIX = "phoenix_model/";

  static RankerWeights load(Ops ops, ModelConfig config, ModelParameters parameters) {
    return Scope.build("ranker weights", scope -> in(scope, ops, config, parameters));
  }

  private static RankerWeights in(
      Scope scope, Ops ops, ModelConfig config, ModelParameters parameters) {
    return new RankerWeights(
        scope,
        config,
        new TokenTables(ops),
        HistoryTokenWeights.load(ops, scope, config, parameters, PREFIX),
        CandidateTokens.Weights.load(ops, scope, config, parameters, PREFIX),
        TransformerWeights.load(ops, scope, config, parameters),
        ops.scale(scope, parameters.get(PREFIX + "rms_norm/scale")),
        loadHead(ops, scope, config, parameters));
  }

  private static Weight loadHead(
      Ops ops, Scope scope, ModelConfig config, ModelParameters parameters) {
    int d = config.embSize();
    float[] discrete = parameters.get(PREFIX + "unembeddings");
    float[] continuous = parameters.get(PREFIX + "continuous_unembeddings");
    float[] both = TransformerWeights.beside(d, discrete, continuous);
    return ops.floatMatrix(scope, new Shape(d, Ranker.headColumns(config)), both);
  }

  @Override
  public void close() {
    try (scope) {
      tables.close();
    }
  }
}

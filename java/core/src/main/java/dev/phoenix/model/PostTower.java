package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import java.nio.file.Path;

/**
 * The post side of a retrieval model alone, for those who encode posts and no users. It makes the
 * vectors that {@link RetrievalModel#encodePosts} makes. One thread at a time.
 */
public final class PostTower implements AutoCloseable {
  private final ModelConfig config;
  private final Scope weights = Scope.create("post tower");
  private final TokenTables tables;
  private final CandidateTower tower;

  private PostTower(Ops ops, ModelConfig config, ModelParameters parameters) {
    this.config = config;
    this.tables = new TokenTables(ops);
    CandidateTower.Projections projections =
        CandidateTower.Projections.load(ops, weights, config, parameters);
    this.tower = new CandidateTower(ops, tables, config, projections);
  }

  /** The tower of the retrieval model in {@code directory}. */
  public static PostTower load(Ops ops, Path directory) {
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
    Path parameters = directory.resolve("model_params.npz");
    return new PostTower(
        ops, config, ModelParameters.open(parameters, ParameterLayout.retrieval(config)));
  }

  /** The configuration that the tower was loaded with. */
  public ModelConfig config() {
    return config;
  }

  /**
   * Encodes posts.
   *
   * @param out [posts.count(), D] unit vectors, written from {@code out[at]} on
   */
  public void encode(float[] out, int at, CandidateFeatures posts) {
    tower.encode(out, at, posts);
  }

  /** Closes everything but the operations, which their maker closes. */
  @Override
  public void close() {
    tower.close();
    tables.close();
    weights.close();
  }
}

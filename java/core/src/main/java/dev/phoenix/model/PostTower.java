package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.lifecycle.ThreadGuard;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import java.nio.file.Path;

/**
 * The candidate tower of a retrieval model without the user tower, for callers that encode posts
 * only. Its vectors equal those of {@link RetrievalModel#encodePosts}. Not thread-safe: a call
 * during a call of another thread throws {@link java.util.ConcurrentModificationException}; load
 * one tower per thread.
 */
public final class PostTower implements AutoCloseable {
  private final ModelConfig config;
  private final ThreadGuard guard = new ThreadGuard("PostTower", "load a tower for every thread");
  private final Closer parts;
  private final CandidateTower tower;

  private PostTower(Closer parts, Ops ops, ModelConfig config, ModelParameters parameters) {
    this.parts = parts;
    this.config = config;
    Scope weights = parts.own(Scope.create("post tower"));
    TokenTables tables = parts.own(new TokenTables(ops));
    CandidateTower.Projections projections =
        CandidateTower.Projections.load(ops, weights, config, parameters);
    this.tower = parts.own(new CandidateTower(ops, tables, config, projections));
  }

  /** The tower of the retrieval model in {@code directory}. */
  public static PostTower load(Ops ops, Path directory) {
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
    Path file = directory.resolve("model_params.npz");
    ModelParameters parameters = ModelParameters.open(file, ParameterLayout.retrieval(config));
    return Closer.open(parts -> new PostTower(parts, ops, config, parameters));
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
    try (var _ = guard.enter()) {
      tower.encode(out, at, posts);
    }
  }

  /** Closes the tower and its weights. The caller closes the operations. */
  @Override
  public void close() {
    try (var _ = guard.enter()) {
      parts.close();
    }
  }
}

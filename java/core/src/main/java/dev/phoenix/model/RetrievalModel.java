package dev.phoenix.model;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.lifecycle.ThreadGuard;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two towers of retrieval: a transformer that encodes a user and history as a unit vector, and
 * a network that encodes a post as a unit vector. Source: docs/model.md#3-features, #4-transformer
 * and #6-retrieval.
 *
 * <p>Not thread-safe: a call during a call of another thread throws {@link
 * java.util.ConcurrentModificationException}. For several threads, create one {@link #lane} each;
 * lanes share the weights. Consecutive calls may come from different threads.
 */
public final class RetrievalModel implements AutoCloseable {
  private static final String PREFIX = "phoenix_retrieval_model/";

  private final Ops ops;
  private final ModelConfig config;
  private final Weights weights;
  private final ThreadGuard guard =
      new ThreadGuard(
          "RetrievalModel", "give every thread a lane of its own with RetrievalModel.lane");
  private final Closer parts;
  private final HistoryTokens historyTokens;
  private final Transformer transformer;
  private final CandidateTower candidateTower;
  private final EncodedHistories passHistories;
  private final Growable<TransformerState> states;
  private final Growable<UserState> userStates;

  private RetrievalModel(Closer parts, Ops ops, Weights weights) {
    this.parts = parts;
    this.ops = ops;
    this.config = weights.config();
    this.weights = weights;
    this.historyTokens =
        parts.own(new HistoryTokens(ops, weights.tables(), config, weights.history()));
    this.transformer = new Transformer(ops, config, weights.transformer());
    this.candidateTower =
        parts.own(new CandidateTower(ops, weights.tables(), config, weights.projections()));
    this.passHistories =
        parts.own(
            EncodedHistories.create(
                ops, config.transformer().numLayers(), Transformer.heads(config)));
    this.states =
        parts.own(
            new Growable<>(ops::capacityFor, rows -> TransformerState.create(ops, config, rows)));
    this.userStates =
        parts.own(new Growable<>(ops::capacityFor, users -> UserState.create(ops, config, users)));
  }

  /** The weights and tables of the model, shared by all its lanes. */
  private record Weights(
      Scope scope,
      ModelConfig config,
      TokenTables tables,
      HistoryTokenWeights history,
      TransformerWeights transformer,
      CandidateTower.@Nullable Projections projections)
      implements AutoCloseable {

    static Weights load(Ops ops, ModelConfig config, ModelParameters parameters) {
      return Scope.build("retrieval weights", scope -> in(scope, ops, config, parameters));
    }

    private static Weights in(
        Scope scope, Ops ops, ModelConfig config, ModelParameters parameters) {
      return new Weights(
          scope,
          config,
          new TokenTables(ops),
          HistoryTokenWeights.load(ops, scope, config, parameters, PREFIX),
          TransformerWeights.load(ops, scope, config, parameters),
          CandidateTower.Projections.load(ops, scope, config, parameters));
    }

    @Override
    public void close() {
      try (scope) {
        tables.close();
      }
    }
  }

  private record UserState(Scope scope, Tensor pooled, Tensor unit, Tensor lengths, int[] last)
      implements AutoCloseable {
    static UserState create(Ops ops, ModelConfig config, int capacity) {
      Shape shape = new Shape(capacity, config.embSize());
      return Scope.build(
          "user state",
          scope ->
              new UserState(
                  scope,
                  ops.tensor(scope, "pooled", shape),
                  ops.tensor(scope, "user_representation", shape),
                  ops.tensor(scope, "user_lengths", new Shape(capacity, 1)),
                  new int[capacity]));
    }

    @Override
    public void close() {
      scope.close();
    }

    /** The last row of every request; -1 for a request without rows. */
    int[] lastOf(RowLayout rows) {
      pooled.useRows(rows.requests());
      for (int request = 0; request < rows.requests(); request++) {
        last[request] = rows.length(request) == 0 ? -1 : rows.end(request) - 1;
      }
      return last;
    }
  }

  /** A retrieval model with the given parameters. */
  public static RetrievalModel create(Ops ops, ModelConfig config, ModelParameters parameters) {
    return Closer.open(
        parts -> new RetrievalModel(parts, ops, parts.own(Weights.load(ops, config, parameters))));
  }

  /**
   * Creates a model for another thread that shares the weights of this one; see {@link
   * Ranker#lane}.
   */
  public RetrievalModel lane(Ops lane) {
    return Closer.open(parts -> new RetrievalModel(parts, lane, weights));
  }

  /** The model in {@code directory}: {@code config.json} and {@code model_params.npz}. */
  public static RetrievalModel load(Ops ops, Path directory) {
    return load(ops, directory, Optional.empty());
  }

  /**
   * The model in {@code directory}, with another choice of events.
   *
   * @param historyEnd which S events of a longer history are read; empty for the configuration's
   *     choice
   */
  public static RetrievalModel load(Ops ops, Path directory, Optional<HistoryEnd> historyEnd) {
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"), historyEnd);
    Path parameters = directory.resolve("model_params.npz");
    return create(ops, config, ModelParameters.open(parameters, ParameterLayout.retrieval(config)));
  }

  /** The configuration that the model was loaded with. */
  public ModelConfig config() {
    return config;
  }

  /**
   * Lets the backend gather embedding rows from {@code embeddings}; see {@link Ranker#useTables}.
   */
  public void useTables(EmbeddingTables embeddings) {
    try (var _ = guard.enter()) {
      weights.tables().use(embeddings);
    }
  }

  /**
   * Encodes users.
   *
   * @param out [requests, D] unit vectors; zero for a request without any valid token
   * @param norms [requests] the lengths before normalisation
   */
  public void encodeUsers(float[] out, float[] norms, List<? extends HistoryFeatures> requests) {
    try (var _ = guard.enter()) {
      encodePasses(out, norms, requests);
    }
  }

  private void encodePasses(float[] out, float[] norms, List<? extends HistoryFeatures> requests) {
    int from = 0;
    while (from < requests.size()) {
      int to = from;
      int rows = 0;
      do {
        rows += 1 + requests.get(to).length();
        to++;
      } while (to < requests.size() && rows < ops.preferredRows());
      UserState userState = encodePass(requests.subList(from, to));
      userState.unit().copyTo(out, from * config.embSize());
      userState.lengths().copyTo(norms, from);
      from = to;
    }
  }

  private UserState encodePass(List<? extends HistoryFeatures> requests) {
    var rows = passHistories.keyValues().history();
    historyTokens.lay(rows, requests);
    TransformerState state = states.reserve(rows.rows());
    UserState userState = userStates.reserve(requests.size());
    historyTokens.build(state.hidden(), rows);
    transformer.encodeHistory(
        state, passHistories.keyValues(), Transformer.Depth.OUTPUTS, Trace.NONE);
    switch (config.retrieval().userPooling()) {
      case MEAN -> ops.meanPool(userState.pooled(), state.hidden(), rows);
      case LAST -> ops.takeRows(userState.pooled(), state.hidden(), userState.lastOf(rows));
    }
    ops.l2Normalize(userState.unit(), userState.lengths(), userState.pooled());
    return userState;
  }

  /**
   * Encodes posts.
   *
   * @param out [posts.count(), D] unit vectors, written from {@code out[at]} on
   */
  public void encodePosts(float[] out, int at, CandidateFeatures posts) {
    try (var _ = guard.enter()) {
      candidateTower.encode(out, at, posts);
    }
  }

  /** Closes the model, and the weights unless it is a lane. The caller closes the operations. */
  @Override
  public void close() {
    try (var _ = guard.enter()) {
      parts.close();
    }
  }
}

package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/**
 * The forward and backward pass of the user tower: tokens, the transformer, pooling over the prefix
 * of every query, unit length. Source: docs/model.md#4-transformer, #6-retrieval and #9-training.
 */
final class UserGraph implements AutoCloseable {
  private final GradientOps ops;
  private final ModelConfig config;
  private final HistoryTokenGraph tokens;
  private final TransformerGraph transformer;
  private final TrainingState state;
  private final Closer parts;
  private final KeyValues kept;
  private final Prefixes prefixes = new Prefixes();
  private final Growable<RowStates> states;
  private final Growable<Pooled> pools;
  private int[] lastRows = new int[0];

  private UserGraph(
      Closer parts, TrainingState state, HistoryTokenGraph tokens, TransformerGraph transformer) {
    this.parts = parts;
    this.state = state;
    this.ops = state.ops();
    this.config = state.config().model();
    this.tokens = tokens;
    this.transformer = transformer;
    Scope scope = parts.own(Scope.create("user tower"));
    this.kept = ops.keyValues(scope, 1, TransformerGraph.heads(config));
    this.states = parts.own(RowStates.growable(ops, config));
    this.pools =
        parts.own(
            new Growable<>(
                queries -> ops.capacityFor(queries + queries / 4),
                capacity -> Pooled.create(ops, config, capacity)));
  }

  static UserGraph create(
      TrainingState state, HistoryTokenGraph tokens, TransformerGraph transformer) {
    return Closer.open(parts -> new UserGraph(parts, state, tokens, transformer));
  }

  /** Query vectors [Q, D] of a pass and their gradients. */
  private record Pooled(Scope scope, Tensor vector, Tensor unit, Tensor dUnit, Tensor lengths)
      implements AutoCloseable {
    static Pooled create(Ops ops, ModelConfig config, int capacity) {
      Shape shape = new Shape(capacity, config.embSize());
      return Scope.build(
          "pooled users",
          scope ->
              new Pooled(
                  scope,
                  ops.tensor(scope, "pooled", shape),
                  ops.tensor(scope, "user_representation", shape),
                  ops.tensor(scope, "d_user_representation", shape),
                  ops.tensor(scope, "user_lengths", new Shape(capacity, 1))));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** The users {@code from} to {@code to} (exclusive) of a batch, and their queries. */
  record Pass(HistoryBatch batch, Queries queries, int from, int to, int firstQuery, int endQuery) {
    int count() {
      return endQuery - firstQuery;
    }
  }

  /**
   * The pass that begins at user {@code from} and query {@code query}, with about the backend's
   * preferred number of rows.
   */
  Pass pass(HistoryBatch batch, Queries queries, int from, int query) {
    int to = from;
    int count = 0;
    do {
      count += 1 + batch.length(to);
      to++;
    } while (to < batch.users() && count < ops.preferredRows());
    int end = query;
    while (end < queries.count() && queries.user()[end] < to) {
      end++;
    }
    return new Pass(batch, queries, from, to, query, end);
  }

  /** Encodes the queries of a pass; the rows of the result are their unit vectors. */
  Tensor forward(Pass pass, DropoutMasks drops) {
    RowLayout layout = kept.history();
    tokens.lay(layout, pass.batch(), pass.from(), pass.to());
    layPrefixes(pass);
    RowStates rows = states.reserve(layout.rows());
    Pooled pooled = pools.reserve(pass.count());
    tokens.build(rows.tokens(), layout, pass.batch(), pass.from(), state.table());
    drops.apply(rows.tokens(), DropoutMasks.TOKENS);
    transformer.forward(rows, kept, drops);
    pool(layout, pass.count());
    ops.l2Normalize(pooled.unit(), pooled.lengths(), pooled.vector());
    pooled.dUnit().useRows(pass.count());
    return pooled.unit();
  }

  private void pool(RowLayout layout, int queries) {
    Pooled pooled = pools.get();
    RowStates rows = states.get();
    switch (config.retrieval().userPooling()) {
      case MEAN -> ops.prefixMeans(pooled.vector(), rows.output(), layout, prefixes);
      case LAST -> {
        layLastRows(layout);
        pooled.vector().useRows(queries);
        ops.takeRows(pooled.vector(), rows.output(), lastRows);
      }
    }
  }

  /** Records the last row of every prefix; -1 for an empty one. */
  private void layLastRows(RowLayout layout) {
    if (lastRows.length < prefixes.count()) {
      lastRows = new int[prefixes.count() + prefixes.count() / 4];
    }
    for (int segment = 0; segment < prefixes.segments(); segment++) {
      for (int i = prefixes.begin(segment); i < prefixes.begin(segment + 1); i++) {
        int length = prefixes.length(i);
        lastRows[i] = length == 0 ? -1 : layout.begin(segment) + length - 1;
      }
    }
  }

  private void poolGradient(RowLayout layout) {
    Pooled pooled = pools.get();
    RowStates rows = states.get();
    switch (config.retrieval().userPooling()) {
      case MEAN -> ops.prefixMeansGradient(rows.dHidden(), pooled.vector(), layout, prefixes);
      case LAST -> {
        rows.dHidden().useRows(layout.rows());
        ops.zero(rows.dHidden());
        ops.addRowsGradient(rows.dHidden(), pooled.vector(), lastRows);
      }
    }
  }

  private void layPrefixes(Pass pass) {
    prefixes.clear();
    int query = pass.firstQuery();
    for (int user = pass.from(); user < pass.to(); user++) {
      prefixes.beginSegment();
      while (query < pass.endQuery() && pass.queries().user()[query] == user) {
        prefixes.add(tokens.prefixRows(pass.batch(), user, pass.queries().length()[query++]));
      }
    }
  }

  /**
   * The tensor for the gradients by the unit vectors, which the caller fills before {@link
   * #backward}.
   */
  Tensor unitGradients() {
    return pools.get().dUnit();
  }

  /** Adds the gradients of parameters and embedding rows of the pass encoded last. */
  void backward(DropoutMasks drops) {
    RowLayout layout = kept.history();
    RowStates rows = states.get();
    Pooled pooled = pools.get();
    ops.l2NormalizeGradient(pooled.vector(), pooled.dUnit(), pooled.unit(), pooled.lengths());
    poolGradient(layout);
    transformer.backward(rows, layout, drops);
    drops.apply(rows.dHidden(), DropoutMasks.TOKENS);
    tokens.backward(rows.dHidden(), state.rowGradients());
  }

  @Override
  public void close() {
    parts.close();
  }
}

package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.DwellTime;
import dev.phoenix.feature.Positions;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user and history tokens of consecutive users, forward and backward. Source:
 * docs/model.md#3-features. Small tables are multiplied by their blocks of proj_mat_3 once per
 * step; see {@link FoldedTable}.
 */
final class HistoryTokenGraph implements AutoCloseable {
  private final GradientOps ops;
  private final ModelConfig config;
  private final Positions positions;
  private final DwellTime dwellTime;
  private final Trainable users;
  private final Trainable posts;
  private final FoldedTable actions;
  private final FoldedTable surfaces;
  private final @Nullable Dwell dwell;
  private final Growable<Buffers> room;
  private int userCount;
  private int postCount;
  private boolean anyDwell;
  private float[] signed = new float[0];
  private float[] seconds = new float[0];

  /** proj1 [1, hidden] and the folded proj2 [hidden, D]. */
  private record Dwell(Trainable in, FoldedTable out) {}

  /**
   * Declares the parameters.
   *
   * @param surfaceTable the table of product surfaces, which candidates may share
   */
  HistoryTokenGraph(
      GradientOps ops,
      Scope scope,
      ModelConfig config,
      ParameterStore parameters,
      Trainable surfaceTable) {
    String prefix = prefix(parameters);
    this.ops = ops;
    this.config = config;
    this.positions =
        new Positions(
            config.sequence().historySeqLen(),
            config.sequence().candidateSeqLen(),
            config.sequence().rightAnchoredRope());
    this.dwellTime =
        new DwellTime((float) config.features().normScale(), config.features().useLog());
    int d = config.embSize();
    int wide = config.hashCounts().post() * d;
    String projection = prefix + "proj_mat_3";
    this.users = parameters.whole(prefix + "proj_mat_1");
    this.posts = parameters.block(projection, 0, wide);
    this.actions =
        new FoldedTable(
            ops,
            scope,
            parameters.whole(prefix + "action_projection"),
            parameters.block(projection, wide, d));
    this.surfaces =
        new FoldedTable(ops, scope, surfaceTable, parameters.block(projection, wide + d, d));
    this.dwell =
        parameters.shapes().containsKey(prefix + "history_dwell_time_proj1")
            ? new Dwell(
                parameters.whole(prefix + "history_dwell_time_proj1"),
                new FoldedTable(
                    ops,
                    scope,
                    parameters.whole(prefix + "history_dwell_time_proj2"),
                    parameters.block(projection, wide + 2 * d, d)))
            : null;
    this.room = new Growable<>(ops::capacityFor, capacity -> Buffers.create(ops, config, capacity));
  }

  /** The parameter name prefix of the model, ending in a slash. */
  static String prefix(ParameterStore parameters) {
    String retrieval = "phoenix_retrieval_model/";
    return parameters.shapes().containsKey(retrieval + "proj_mat_1") ? retrieval : "phoenix_model/";
  }

  private record Buffers(
      Scope scope,
      Tensor user,
      Tensor userToken,
      Tensor post,
      Tensor action,
      Tensor dwell,
      Tensor dwellIn,
      Tensor dwellHidden,
      Tensor dDwellHidden,
      Tensor token,
      int[] userRows,
      int[] userPlace,
      int[] postRows,
      int[] place,
      int[] surface)
      implements AutoCloseable {
    static Buffers create(Ops ops, ModelConfig config, int capacity) {
      return Scope.build("history token states", scope -> in(scope, ops, config, capacity));
    }

    private static Buffers in(Scope scope, Ops ops, ModelConfig config, int capacity) {
      int d = config.embSize();
      int hashes = config.hashCounts().post();
      return new Buffers(
          scope,
          ops.tensor(scope, "user_rows", new Shape(capacity, config.hashCounts().user() * d)),
          ops.tensor(scope, "user_tokens", new Shape(capacity, d)),
          ops.tensor(scope, "post_rows", new Shape(capacity, hashes * d)),
          ops.tensor(scope, "actions", new Shape(capacity, config.actions().numActions())),
          ops.tensor(scope, "dwell", new Shape(capacity, 1)),
          ops.tensor(
              scope, "dwell_in", new Shape(capacity, config.features().continuousHiddenDim())),
          ops.tensor(
              scope, "dwell_hidden", new Shape(capacity, config.features().continuousHiddenDim())),
          ops.tensor(
              scope,
              "d_dwell_hidden",
              new Shape(capacity, config.features().continuousHiddenDim())),
          ops.tensor(scope, "history_tokens", new Shape(capacity, d)),
          new int[capacity * config.hashCounts().user()],
          new int[capacity],
          new int[capacity * hashes],
          new int[capacity],
          new int[capacity]);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** The tables that are multiplied by their blocks of the projection once per step. */
  List<FoldedTable> folded() {
    return dwell == null ? List.of(actions, surfaces) : List.of(actions, surfaces, dwell.out());
  }

  /**
   * Writes the layout of the tokens of users {@code from} to {@code to} (exclusive) to {@code
   * rows}.
   */
  void lay(RowLayout rows, HistoryBatch batch, int from, int to) {
    rows.clear();
    for (int user = from; user < to; user++) {
      rows.beginRequest();
      if (hasUser(batch, user)) {
        rows.addRow(positions.user());
      }
      for (int i = 0; i < batch.length(user); i++) {
        rows.addRow(positions.history(i, batch.length(user)));
      }
    }
  }

  private boolean hasUser(HistoryBatch batch, int user) {
    return batch.userRows()[user * config.hashCounts().user()] != 0;
  }

  /** The rows of a prefix of {@code posts} posts: one more if the user has a token. */
  int prefixRows(HistoryBatch batch, int user, int posts) {
    return posts + (hasUser(batch, user) ? 1 : 0);
  }

  /** Builds the tokens that {@link #lay} described into {@code hidden}. */
  void build(Tensor hidden, RowLayout rows, HistoryBatch batch, int from, TrainableTable table) {
    Buffers b = room.reserve(rows.rows());
    index(rows, batch, from);
    hidden.useRows(rows.rows());
    b.user().useRows(userCount);
    ops.gather(b.user(), table, b.userRows());
    ops.matmul(b.userToken(), b.user(), users);
    ops.placeRows(hidden, b.userToken(), b.userPlace());
    b.post().useRows(postCount);
    ops.gather(b.post(), table, b.postRows());
    ops.matmul(b.token(), b.post(), posts);
    ops.matmulAdd(b.token(), b.action(), actions.product());
    ops.addRows(b.token(), surfaces.product().value(), b.surface());
    // gelu(0) is 0, so users without dwell times add nothing.
    if (dwell != null && anyDwell) {
      ops.matmul(b.dwellIn(), b.dwell(), dwell.in());
      ops.gelu(b.dwellHidden(), b.dwellIn());
      ops.matmulAdd(b.token(), b.dwellHidden(), dwell.out().product());
    }
    ops.placeRows(hidden, b.token(), b.place());
  }

  /** Records the source and the output row of every token. */
  private void index(RowLayout rows, HistoryBatch batch, int from) {
    Buffers b = room.get();
    int hashes = config.hashCounts().post();
    int userHashes = config.hashCounts().user();
    userCount = 0;
    postCount = 0;
    for (int request = 0; request < rows.requests(); request++) {
      int user = from + request;
      int place = rows.begin(request);
      if (hasUser(batch, user)) {
        System.arraycopy(
            batch.userRows(), user * userHashes, b.userRows(), userCount * userHashes, userHashes);
        b.userPlace()[userCount++] = place++;
      }
      int first = batch.offsets()[user];
      int count = batch.length(user);
      System.arraycopy(
          batch.posts().rows(), first * hashes, b.postRows(), postCount * hashes, count * hashes);
      System.arraycopy(batch.surfaces(), first, b.surface(), postCount, count);
      for (int i = 0; i < count; i++) {
        b.place()[postCount++] = place++;
      }
    }
    setValues(batch, batch.offsets()[from]);
  }

  /**
   * Writes signed actions 2a - 1, or zeros if all actions of a post are 0, and scaled dwell times.
   */
  private void setValues(HistoryBatch batch, int first) {
    int count = config.actions().numActions();
    if (seconds.length < postCount) {
      seconds = new float[postCount + postCount / 4];
      signed = new float[seconds.length * count];
    }
    anyDwell = false;
    for (int post = 0; post < postCount; post++) {
      int at = (first + post) * count;
      boolean acted = false;
      for (int action = 0; action < count; action++) {
        acted |= batch.actions()[at + action] != 0;
      }
      for (int action = 0; action < count; action++) {
        signed[post * count + action] = acted ? 2 * batch.actions()[at + action] - 1 : 0;
      }
      boolean told = batch.dwellSeconds().length > 0;
      seconds[post] = told ? dwellTime.normalize(batch.dwellSeconds()[first + post]) : 0;
      anyDwell |= seconds[post] > 0;
    }
    room.get().action().useRows(postCount);
    room.get().action().copyFrom(signed, 0);
    room.get().dwell().useRows(postCount);
    room.get().dwell().copyFrom(seconds, 0);
  }

  /**
   * Adds the gradients of parameters and embedding rows, given the gradient of the tokens built
   * last.
   */
  void backward(Tensor dHidden, RowGradients rowGradients) {
    Buffers b = room.get();
    b.userToken().useRows(userCount);
    ops.takeRows(b.userToken(), dHidden, b.userPlace());
    ops.matmulWeightGradient(users, b.user(), b.userToken());
    ops.matmulInputGradient(b.user(), b.userToken(), users);
    ops.gatherGradient(rowGradients, b.user(), b.userRows());
    b.token().useRows(postCount);
    ops.takeRows(b.token(), dHidden, b.place());
    ops.matmulWeightGradient(actions.product(), b.action(), b.token());
    ops.addRowsGradient(surfaces.product().gradient(), b.token(), b.surface());
    if (dwell != null && anyDwell) {
      ops.matmulWeightGradient(dwell.out().product(), b.dwellHidden(), b.token());
      ops.matmulInputGradient(b.dDwellHidden(), b.token(), dwell.out().product());
      ops.geluGradient(b.dDwellHidden(), b.dDwellHidden(), b.dwellIn());
      ops.matmulWeightGradient(dwell.in(), b.dwell(), b.dDwellHidden());
    }
    ops.matmulWeightGradient(posts, b.post(), b.token());
    ops.matmulInputGradient(b.post(), b.token(), posts);
    ops.gatherGradient(rowGradients, b.post(), b.postRows());
  }

  @Override
  public void close() {
    room.close();
  }
}

package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.DwellTime;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.feature.Positions;
import dev.phoenix.feature.ProductSurface;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import dev.phoenix.ops.RowTable;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The user and history tokens of a batch: [hash rows] · proj_mat_1, and [post rows | author rows |
 * actions | surface (| dwell)] · proj_mat_3. The last blocks of proj_mat_3 multiply small tables
 * only, so the products are computed once at load and the concatenation is never built. Only valid
 * tokens become rows. Source: docs/model.md#3-features.
 */
final class HistoryTokens implements AutoCloseable {
  private final Ops ops;
  private final ModelConfig config;
  private final Positions positions;
  private final DwellTime dwellTime;
  private final TokenTables tables;
  private final HistoryTokenWeights weights;
  // Fields, because a method reference at the call would allocate an object per request.
  private final RowSource userRows = this::copyUser;
  private final RowSource userIpRows = this::copyUserIp;
  private final RowSource postRows = this::copyPost;
  private final RowSource actionRows = this::copyActions;
  private final RowSource dwellRows = this::copyDwell;
  private final RowNumbers userNumbers = this::userNumber;
  private final RowNumbers postNumbers = this::postNumber;
  private final Growable<Buffers> room;
  private List<? extends HistoryFeatures> requests = List.of();
  private boolean anyDwell;

  /**
   * Creates a builder that computes with {@code ops}.
   *
   * @param tables the source of embedding rows for requests that refer to them
   */
  HistoryTokens(Ops ops, TokenTables tables, ModelConfig config, HistoryTokenWeights weights) {
    this.ops = ops;
    this.tables = tables;
    this.config = config;
    this.weights = weights;
    this.positions =
        new Positions(
            config.sequence().historySeqLen(),
            config.sequence().candidateSeqLen(),
            config.sequence().rightAnchoredRope());
    this.dwellTime =
        new DwellTime((float) config.features().normScale(), config.features().useLog());
    this.room = new Growable<>(ops::capacityFor, capacity -> Buffers.create(this, capacity));
  }

  /** Inputs of the token products, one row per token. */
  private record Buffers(
      Scope scope,
      Tensor user,
      Tensor userIp,
      Tensor userToken,
      Tensor post,
      Tensor token,
      int[] userRequest,
      int[] userPlace,
      int[] ownRow,
      int[] request,
      int[] index,
      int[] place,
      int[] surface,
      HistoryFeatureRows withDwell,
      HistoryFeatureRows withoutDwell)
      implements AutoCloseable {

    static Buffers create(HistoryTokens tokens, int capacity) {
      return Scope.build("history tokens", scope -> in(scope, tokens, capacity));
    }

    private static Buffers in(Scope scope, HistoryTokens tokens, int capacity) {
      Ops ops = tokens.ops;
      ModelConfig config = tokens.config;
      int[] surface = new int[capacity];
      IndexedRows surfaces = new IndexedRows(tokens.weights.surfaces(), surface);
      int d = config.embSize();
      int postColumns = config.hashCounts().post() * d;
      return new Buffers(
          scope,
          ops.tensor(scope, "user_rows", new Shape(capacity, config.hashCounts().user() * d)),
          ops.tensor(scope, "user_ip_rows", new Shape(capacity, d)),
          ops.tensor(scope, "user_tokens", new Shape(capacity, d)),
          ops.tensor(scope, "post_rows", new Shape(capacity, postColumns)),
          ops.tensor(scope, "history_tokens", new Shape(capacity, d)),
          new int[capacity],
          new int[capacity],
          IntStream.range(0, capacity).toArray(),
          new int[capacity],
          new int[capacity],
          new int[capacity],
          surface,
          new HistoryFeatureRows(tokens.actionRows, surfaces, tokens.dwellRows),
          new HistoryFeatureRows(tokens.actionRows, surfaces, null));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /**
   * Writes the layout of the valid tokens of {@code batch} to {@code rows} and keeps {@code batch}
   * for {@link #build}.
   */
  void lay(RowLayout rows, List<? extends HistoryFeatures> batch) {
    requests = batch;
    rows.clear();
    for (int request = 0; request < batch.size(); request++) {
      HistoryFeatures features = batch.get(request);
      requireLength(features.length());
      rows.beginRequest();
      if (features.hasUser()) {
        rows.addRow(positions.user());
      }
      int valid = 0;
      for (int i = 0; i < features.length(); i++) {
        valid += features.isPost(i) ? 1 : 0;
      }
      for (int i = 0; i < features.length(); i++) {
        if (features.isPost(i)) {
          rows.addRow(positions.history(i, valid));
        }
      }
    }
  }

  private void requireLength(int length) {
    if (length > config.sequence().historySeqLen()) {
      throw new IllegalArgumentException(
          "a history holds at most %d positions, found %d"
              .formatted(config.sequence().historySeqLen(), length));
    }
  }

  /** Builds the tokens that {@link #lay} described into {@code hidden}. */
  void build(Tensor hidden, RowLayout rows) {
    room.reserve(rows.rows());
    hidden.useRows(rows.rows());
    index(rows);
    buildUsers(hidden);
    buildPosts(hidden);
  }

  /** Records the request, the history index and the output row of every token. */
  private void index(RowLayout rows) {
    Buffers b = room.get();
    int user = 0;
    int post = 0;
    anyDwell = false;
    for (int request = 0; request < requests.size(); request++) {
      HistoryFeatures features = requests.get(request);
      int place = rows.begin(request);
      if (features.hasUser()) {
        b.userRequest()[user] = request;
        b.userPlace()[user++] = place++;
      }
      for (int i = 0; i < features.length(); i++) {
        if (features.isPost(i)) {
          b.request()[post] = request;
          b.index()[post] = i;
          b.surface()[post] =
              ProductSurface.row(features.surface(i), config.features().productSurfaceVocabSize());
          b.place()[post++] = place++;
          anyDwell |= features.dwellSeconds(i) > 0;
        }
      }
    }
    b.user().useRows(user);
    b.userIp().useRows(user);
    b.post().useRows(post);
  }

  private void buildUsers(Tensor hidden) {
    Buffers b = room.get();
    gather(b.user(), userNumbers, userRows);
    ops.matmul(b.userToken(), b.user(), weights.users());
    if (config.hashCounts().ip() > 0) {
      ops.gather(b.userIp(), userIpRows);
      ops.addRows(b.userToken(), b.userIp(), b.ownRow());
    }
    ops.placeRows(hidden, b.userToken(), b.userPlace());
  }

  private void buildPosts(Tensor hidden) {
    Buffers b = room.get();
    gather(b.post(), postNumbers, postRows);
    ops.matmul(b.token(), b.post(), weights.posts());
    ops.addHistoryFeatures(
        b.token(), weights.features(), anyDwell ? b.withDwell() : b.withoutDwell());
    ops.placeRows(hidden, b.token(), b.place());
  }

  /** Gathers by row number if all requests refer to the tables in use, else copies row by row. */
  private void gather(Tensor out, RowNumbers numbers, RowSource rows) {
    RowTable table = tables.of(requests);
    if (table == null) {
      ops.gather(out, rows);
    } else {
      ops.gather(out, table, numbers);
    }
  }

  private long userNumber(int row, int hash) {
    return requests.get(room.get().userRequest()[row]).userRow(hash);
  }

  private long postNumber(int row, int hash) {
    return requests.get(room.get().request()[row]).postRow(room.get().index()[row], hash);
  }

  private void copyUser(int row, float[] to, int at) {
    requests.get(room.get().userRequest()[row]).copyUser(to, at);
  }

  private void copyUserIp(int row, float[] to, int at) {
    requests.get(room.get().userRequest()[row]).copyUserIp(to, at);
  }

  private void copyPost(int row, float[] to, int at) {
    requests.get(room.get().request()[row]).copyPost(room.get().index()[row], to, at);
  }

  private void copyActions(int row, float[] to, int at) {
    HistoryFeatures request = requests.get(room.get().request()[row]);
    int i = room.get().index()[row];
    for (int action = 0; action < config.actions().numActions(); action++) {
      to[at + action] = request.action(i, action);
    }
  }

  private void copyDwell(int row, float[] to, int at) {
    HistoryFeatures request = requests.get(room.get().request()[row]);
    to[at] = dwellTime.normalize(request.dwellSeconds(room.get().index()[row]));
  }

  @Override
  public void close() {
    room.close();
  }
}

package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.Positions;
import dev.phoenix.feature.ProductSurface;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import dev.phoenix.ops.RowTable;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The candidate tokens of a batch: [post rows | author rows | surface | age] · proj_mat_2, with the
 * surface and age tables folded into their blocks. Source: docs/model.md#3-features.
 */
final class CandidateTokens implements AutoCloseable {
  private final Ops ops;
  private final TokenTables tables;
  private final Positions positions;
  private final int postColumns;
  private final Weights weights;
  private final RowSource postRows = this::copyPost;
  private final RowNumbers postNumbers = this::postNumber;
  private final Growable<Buffers> room;
  private List<? extends CandidateFeatures> requests = List.of();

  /**
   * Creates a builder that computes with {@code ops} and gathers rows from {@code tables} if
   * requests refer to them.
   */
  CandidateTokens(Ops ops, TokenTables tables, ModelConfig config, Weights weights) {
    this.ops = ops;
    this.tables = tables;
    this.weights = weights;
    this.positions =
        new Positions(
            config.sequence().historySeqLen(),
            config.sequence().candidateSeqLen(),
            config.sequence().rightAnchoredRope());
    this.postColumns = weights.posts().shape().rows();
    this.room = new Growable<>(ops::capacityFor, capacity -> Buffers.create(this, capacity));
  }

  /**
   * The weights of candidate tokens.
   *
   * @param posts the first block of proj_mat_2 [(item + author hashes) D, D]
   * @param surfaces [surfaces + 1, D], folded; the last row is zero
   * @param ages [age buckets, D], folded
   */
  record Weights(Weight posts, Tensor surfaces, Tensor ages) {
    /**
     * Loads the weights.
     *
     * @param prefix the parameter name prefix of the model, ending in a slash
     */
    static Weights load(
        Ops ops, Scope scope, ModelConfig config, ModelParameters parameters, String prefix) {
      int d = config.embSize();
      int postColumns = config.hashCounts().post() * d;
      float[] projection = parameters.get(prefix + "proj_mat_2");
      FoldedTables folded = new FoldedTables(projection, d, postColumns);
      Tensor surfaces =
          ops.tensor(
              scope, "surfaces", new Shape(config.features().productSurfaceVocabSize() + 1, d));
      surfaces.set(
          folded.foldWithZeroRow(parameters.get(prefix + "product_surface_embedding_table"), 0));
      Tensor ages = ops.tensor(scope, "ages", new Shape(config.features().postAgeBuckets(), d));
      ages.set(folded.fold(parameters.get(prefix + "post_age_embedding_table"), 1));
      return new Weights(
          ops.floatMatrix(
              scope, new Shape(postColumns, d), Arrays.copyOf(projection, postColumns * d)),
          surfaces,
          ages);
    }
  }

  private record Buffers(
      Scope scope, Tensor post, int[] request, int[] index, IndexedRows surface, IndexedRows age)
      implements AutoCloseable {

    static Buffers create(CandidateTokens tokens, int capacity) {
      return Scope.build("candidate tokens", scope -> in(scope, tokens, capacity));
    }

    private static Buffers in(Scope scope, CandidateTokens tokens, int capacity) {
      return new Buffers(
          scope,
          tokens.ops.tensor(scope, "post_rows", new Shape(capacity, tokens.postColumns)),
          new int[capacity],
          new int[capacity],
          new IndexedRows(tokens.weights.surfaces(), new int[capacity]),
          new IndexedRows(tokens.weights.ages(), new int[capacity]));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /**
   * Writes the layout of the candidates of {@code batch}, padding included, to {@code rows} and
   * keeps {@code batch} for {@link #build}.
   */
  void lay(RowLayout rows, List<? extends CandidateFeatures> batch) {
    requests = batch;
    rows.clear();
    for (int request = 0; request < batch.size(); request++) {
      CandidateFeatures features = batch.get(request);
      Positions of = features.positions(positions);
      rows.beginRequest();
      for (int i = 0; i < features.count(); i++) {
        boolean post = features.isPost(i);
        rows.addRow(of.candidate(features.slot(i), post), post);
      }
    }
  }

  /** Builds the tokens that {@link #lay} described into {@code hidden}. */
  void build(Tensor hidden, RowLayout rows) {
    Buffers b = room.reserve(rows.rows());
    int surfaces = weights.surfaces().shape().rows() - 1;
    int row = 0;
    for (int request = 0; request < requests.size(); request++) {
      CandidateFeatures features = requests.get(request);
      for (int i = 0; i < features.count(); i++) {
        b.request()[row] = request;
        b.index()[row] = i;
        b.surface().rows()[row] = ProductSurface.row(features.surface(i), surfaces);
        b.age().rows()[row++] = features.ageBucket(i);
      }
    }
    b.post().useRows(row);
    RowTable table = tables.of(requests);
    if (table == null) {
      ops.gather(b.post(), postRows);
    } else {
      ops.gather(b.post(), table, postNumbers);
    }
    ops.matmul(hidden, b.post(), weights.posts());
    ops.addCandidateFeatures(hidden, b.surface(), b.age());
  }

  private long postNumber(int row, int hash) {
    Buffers b = room.get();
    return requests.get(b.request()[row]).postRow(b.index()[row], hash);
  }

  private void copyPost(int row, float[] to, int at) {
    Buffers b = room.get();
    requests.get(b.request()[row]).copyPost(b.index()[row], to, at);
  }

  @Override
  public void close() {
    room.close();
  }
}

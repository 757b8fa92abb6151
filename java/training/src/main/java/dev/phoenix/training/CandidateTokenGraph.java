package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.Positions;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * The candidate tokens of a run of users, forward and backward: [post rows | author rows | surface
 * | age] · proj_mat_2. Source: SPEC section 3.
 */
final class CandidateTokenGraph implements AutoCloseable {
  private static final String PREFIX = "phoenix_model/";

  private final GradientOps gradients;
  private final Ops ops;
  private final Positions positions;
  private final int hashes;
  private final int columns;
  private final Trainable posts;
  private final FoldedTable surfaces;
  private final FoldedTable ages;
  private Scope scope = Scope.create("candidate token states");
  private Tensor post;
  private int capacity;
  private int[] postRows = new int[0];
  private int[] surface = new int[0];
  private int[] age = new int[0];

  /** Declares the parameters; {@code surfaceTable} is shared with the history. */
  CandidateTokenGraph(
      GradientOps gradients,
      Scope weights,
      ModelConfig config,
      ParameterStore parameters,
      Trainable surfaceTable) {
    this.gradients = gradients;
    this.ops = gradients.ops();
    this.positions =
        new Positions(config.historySeqLen(), config.candidateSeqLen(), config.rightAnchoredRope());
    this.columns = config.embSize();
    this.hashes = config.numItemHashes() + config.numAuthorHashes();
    int wide = hashes * columns;
    String projection = PREFIX + "proj_mat_2";
    this.posts = parameters.block(projection, 0, wide);
    this.surfaces =
        new FoldedTable(
            gradients, weights, surfaceTable, parameters.block(projection, wide, columns));
    this.ages =
        new FoldedTable(
            gradients,
            weights,
            parameters.whole(PREFIX + "post_age_embedding_table"),
            parameters.block(projection, wide + columns, columns));
    this.post = ops.tensor(scope, "candidate_rows", new Shape(0, wide));
  }

  /** The tables that are multiplied into their blocks once a step. */
  List<FoldedTable> folded() {
    return List.of(surfaces, ages);
  }

  /** Describes the candidates of users {@code from} to {@code to} (exclusive) in {@code rows}. */
  void lay(RowLayout rows, CandidateBatch batch, int from, int to) {
    rows.clear();
    for (int user = from; user < to; user++) {
      rows.beginRequest();
      for (int i = 0; i < batch.length(user); i++) {
        rows.addRow(positions.candidate(i, true));
      }
    }
  }

  /** Builds the tokens of the candidates from {@code first} on into {@code hidden}. */
  void build(Tensor hidden, int count, CandidateBatch batch, int first, TrainableTable table) {
    if (capacity < count) {
      scope.close();
      scope = Scope.create("candidate token states");
      capacity = ops.capacityFor(count + count / 4);
      post = ops.tensor(scope, "candidate_rows", new Shape(capacity, hashes * columns));
      postRows = new int[capacity * hashes];
      surface = new int[capacity];
      age = new int[capacity];
    }
    System.arraycopy(batch.posts().rows(), first * hashes, postRows, 0, count * hashes);
    System.arraycopy(batch.surfaces(), first, surface, 0, count);
    System.arraycopy(batch.ageBuckets(), first, age, 0, count);
    post.useRows(count);
    gradients.gatherRows(post, table, postRows);
    ops.matmul(hidden, post, posts);
    ops.addRows(hidden, surfaces.product().value(), surface);
    ops.addRows(hidden, ages.product().value(), age);
  }

  /** The parameters' and rows' gradients by those of the tokens built last. */
  void backward(Tensor dHidden, RowGradients rowGradients) {
    gradients.addRowsGradient(surfaces.product().gradient(), dHidden, surface);
    gradients.addRowsGradient(ages.product().gradient(), dHidden, age);
    gradients.matmulWeightGradient(posts, post, dHidden);
    gradients.matmulInputGradient(post, dHidden, posts);
    gradients.addRowGradients(rowGradients, post, postRows);
  }

  @Override
  public void close() {
    scope.close();
  }
}

package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
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

/**
 * The candidate tokens of consecutive users, forward and backward: [post rows | author rows |
 * surface | age] · proj_mat_2. Source: docs/model.md#3-features.
 */
final class CandidateTokenGraph implements AutoCloseable {
  private static final String PREFIX = "phoenix_model/";

  private final GradientOps ops;
  private final Positions positions;
  private final int hashes;
  private final int columns;
  private final Trainable posts;
  private final FoldedTable surfaces;
  private final FoldedTable ages;
  private final Growable<Buffers> room;

  /** Declares the parameters; {@code surfaceTable} is shared with the history. */
  CandidateTokenGraph(
      GradientOps ops,
      Scope weights,
      ModelConfig config,
      ParameterStore parameters,
      Trainable surfaceTable) {
    this.ops = ops;
    this.positions =
        new Positions(
            config.sequence().historySeqLen(),
            config.sequence().candidateSeqLen(),
            config.sequence().rightAnchoredRope());
    this.columns = config.embSize();
    this.hashes = config.hashCounts().post();
    int wide = hashes * columns;
    String projection = PREFIX + "proj_mat_2";
    this.posts = parameters.block(projection, 0, wide);
    this.surfaces =
        new FoldedTable(ops, weights, surfaceTable, parameters.block(projection, wide, columns));
    this.ages =
        new FoldedTable(
            ops,
            weights,
            parameters.whole(PREFIX + "post_age_embedding_table"),
            parameters.block(projection, wide + columns, columns));
    this.room =
        new Growable<>(
            count -> ops.capacityFor(count + count / 4),
            capacity -> Buffers.create(ops, capacity, hashes, columns));
  }

  /** The inputs of the tokens built last. */
  private record Buffers(Scope scope, Tensor post, int[] postRows, int[] surface, int[] age)
      implements AutoCloseable {
    static Buffers create(Ops ops, int capacity, int hashes, int columns) {
      return Scope.build(
          "candidate token states",
          scope ->
              new Buffers(
                  scope,
                  ops.tensor(scope, "candidate_rows", new Shape(capacity, hashes * columns)),
                  new int[capacity * hashes],
                  new int[capacity],
                  new int[capacity]));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** The tables that are multiplied by their blocks of the projection once per step. */
  List<FoldedTable> folded() {
    return List.of(surfaces, ages);
  }

  /**
   * Writes the layout of the candidates of users {@code from} to {@code to} (exclusive) to {@code
   * rows}.
   */
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
    Buffers b = room.reserve(count);
    System.arraycopy(batch.posts().rows(), first * hashes, b.postRows(), 0, count * hashes);
    System.arraycopy(batch.surfaces(), first, b.surface(), 0, count);
    System.arraycopy(batch.ageBuckets(), first, b.age(), 0, count);
    b.post().useRows(count);
    ops.gather(b.post(), table, b.postRows());
    ops.matmul(hidden, b.post(), posts);
    ops.addRows(hidden, surfaces.product().value(), b.surface());
    ops.addRows(hidden, ages.product().value(), b.age());
  }

  /**
   * Adds the gradients of parameters and embedding rows, given the gradient of the tokens built
   * last.
   */
  void backward(Tensor dHidden, RowGradients rowGradients) {
    Buffers b = room.get();
    ops.addRowsGradient(surfaces.product().gradient(), dHidden, b.surface());
    ops.addRowsGradient(ages.product().gradient(), dHidden, b.age());
    ops.matmulWeightGradient(posts, b.post(), dHidden);
    ops.matmulInputGradient(b.post(), dHidden, posts);
    ops.gatherGradient(rowGradients, b.post(), b.postRows());
  }

  @Override
  public void close() {
    room.close();
  }
}

package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Prefixes;
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
 * The candidate tower, forward and backward: [post rows | author rows] · projection_1, silu, ·
 * projection_2, unit length; or, without linear projection, the mean of the rows at unit length.
 * Source: docs/model.md#6-retrieval.
 */
final class TowerGraph implements AutoCloseable {
  private static final String PREFIX =
      "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/"
          + "candidate_tower_projection_";

  private final GradientOps ops;
  private final int columns;
  private final int hashes;
  private final @Nullable Projections projections;
  private final RowLayout hashRows = new RowLayout();
  private final Prefixes whole = new Prefixes();
  private final Growable<Buffers> room;

  private record Projections(Trainable expand, Trainable compress) {}

  TowerGraph(GradientOps ops, ModelConfig config, ParameterStore parameters) {
    this.ops = ops;
    this.columns = config.embSize();
    this.hashes = config.hashCounts().post();
    this.projections =
        config.retrieval().enableLinearProj()
            ? new Projections(parameters.whole(PREFIX + "1"), parameters.whole(PREFIX + "2"))
            : null;
    this.room =
        new Growable<>(
            count -> ops.capacityFor(count + count / 4),
            capacity -> Buffers.create(this, capacity));
  }

  /**
   * Initialises a projection such that the tower starts as the sum of a post's rows; see {@link
   * TrainingConfig.InitialTower#IDENTITY}. Leaves other parameters unchanged.
   *
   * @param name name of the parameter
   * @param values [hashes · columns, 2 · columns] of projection 1, [2 · columns, columns] of 2
   * @param columns D
   */
  static void beginAsSum(String name, float[] values, int columns) {
    boolean expands = name.equals(PREFIX + "1");
    if (!expands && !name.equals(PREFIX + "2")) {
      return;
    }
    int width = expands ? 2 * columns : columns;
    for (int i = 0; i < values.length; i++) {
      int row = i / width;
      int column = i % width;
      boolean diagonal = row % columns == column % columns;
      boolean second = expands ? column >= columns : row >= columns;
      float sign = second ? -1 : 1;
      values[i] = diagonal ? sign : 0;
    }
  }

  /** Inputs and activations of the posts encoded last; {@code units} holds the vectors. */
  private record Buffers(
      Scope scope,
      Tensor rows,
      Tensor expanded,
      Tensor hidden,
      Tensor vector,
      Trainable units,
      Tensor lengths)
      implements AutoCloseable {
    static Buffers create(TowerGraph tower, int capacity) {
      return Scope.build("candidate tower states", scope -> in(scope, tower, capacity));
    }

    private static Buffers in(Scope scope, TowerGraph tower, int capacity) {
      Ops ops = tower.ops;
      Shape rows =
          tower.projections == null
              ? new Shape(capacity * tower.hashes, tower.columns)
              : new Shape(capacity, tower.hashes * tower.columns);
      Shape hidden = new Shape(tower.projections == null ? 0 : capacity, 2 * tower.columns);
      Shape vectors = new Shape(capacity, tower.columns);
      return new Buffers(
          scope,
          ops.tensor(scope, "post_rows", rows),
          ops.tensor(scope, "post_expanded", hidden),
          ops.tensor(scope, "post_hidden", hidden),
          ops.tensor(scope, "post_vectors", vectors),
          tower.ops.trainableRows(scope, "candidate_representation", vectors),
          ops.tensor(scope, "post_lengths", new Shape(capacity, 1)));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /**
   * Encodes posts. The vectors are the rows of the result, which products accept as a matrix and
   * whose gradient is zero.
   */
  Trainable encode(PostRows posts, TrainableTable table) {
    int count = posts.count();
    Buffers b = room.reserve(count);
    b.rows().useRows(projections == null ? count * hashes : count);
    ops.gather(b.rows(), table, posts.rows());
    if (projections == null) {
      pool(count);
    } else {
      ops.matmul(b.expanded(), b.rows(), projections.expand());
      ops.silu(b.hidden(), b.expanded());
      ops.matmul(b.vector(), b.hidden(), projections.compress());
    }
    ops.l2Normalize(b.units().value(), b.lengths(), b.vector());
    b.units().gradient().useRows(count);
    ops.zero(b.units().gradient());
    ops.refresh(List.of(b.units()));
    return b.units();
  }

  private void pool(int count) {
    hashRows.clear();
    whole.clear();
    for (int post = 0; post < count; post++) {
      hashRows.beginRequest();
      whole.beginSegment();
      for (int hash = 0; hash < hashes; hash++) {
        hashRows.addRow(hash);
      }
      whole.add(hashes);
    }
    ops.prefixMeans(room.get().vector(), room.get().rows(), hashRows, whole);
  }

  /**
   * Adds the gradients of parameters and embedding rows, given the gradient of the vectors encoded
   * last.
   */
  void backward(PostRows posts, RowGradients rowGradients) {
    Buffers b = room.get();
    Tensor dVector = b.vector();
    ops.l2NormalizeGradient(dVector, b.units().gradient(), b.units().value(), b.lengths());
    if (projections == null) {
      ops.prefixMeansGradient(b.rows(), dVector, hashRows, whole);
    } else {
      ops.matmulWeightGradient(projections.compress(), b.hidden(), dVector);
      ops.matmulInputGradient(b.hidden(), dVector, projections.compress());
      ops.siluGradient(b.hidden(), b.hidden(), b.expanded());
      ops.matmulWeightGradient(projections.expand(), b.rows(), b.hidden());
      ops.matmulInputGradient(b.rows(), b.hidden(), projections.expand());
    }
    ops.gatherGradient(rowGradients, b.rows(), posts.rows());
  }

  @Override
  public void close() {
    room.close();
  }
}

package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
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
import org.jspecify.annotations.Nullable;

/**
 * The post side of retrieval: [post rows | author rows] · projection_1, silu, · projection_2, unit
 * length; or, without linear projection, the mean of the rows at unit length. Computes in float32
 * at every precision, because its vectors are stored in a corpus. Source:
 * docs/model.md#6-retrieval.
 */
final class CandidateTower implements AutoCloseable {
  private static final String PREFIX =
      "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/"
          + "candidate_tower_projection_";

  private final Ops ops;
  private final TokenTables tables;
  private final int columns;
  private final int hashes;
  private final @Nullable Projections projections;
  private final RowLayout hashRows = new RowLayout();
  private final RowSource postRows = this::copyPost;
  private final RowSource singleRows = this::copyHash;
  private final RowNumbers postNumbers = this::postNumber;
  private final RowNumbers singleNumbers = this::singleNumber;
  private final Growable<Buffers> room;
  private @Nullable CandidateFeatures posts;

  /** The two matrices of a tower with linear projection. */
  record Projections(Weight expand, Weight compress) {
    /** Loads the matrices; null where the model has none. */
    static @Nullable Projections load(
        Ops ops, Scope scope, ModelConfig config, ModelParameters parameters) {
      if (!config.retrieval().enableLinearProj()) {
        return null;
      }
      int columns = config.embSize();
      int hashes = config.hashCounts().post();
      return new Projections(
          ops.floatMatrix(
              scope, new Shape(hashes * columns, 2 * columns), parameters.get(PREFIX + "1")),
          ops.floatMatrix(scope, new Shape(2 * columns, columns), parameters.get(PREFIX + "2")));
    }
  }

  /**
   * Creates a tower that computes with {@code ops}; without {@code projections} it averages the
   * rows.
   */
  CandidateTower(
      Ops ops, TokenTables tables, ModelConfig config, @Nullable Projections projections) {
    this.ops = ops;
    this.tables = tables;
    this.columns = config.embSize();
    this.hashes = config.hashCounts().post();
    this.projections = projections;
    this.room = new Growable<>(ops::capacityFor, capacity -> Buffers.create(this, capacity));
  }

  private record Buffers(
      Scope scope, Tensor rows, Tensor hidden, Tensor vector, Tensor unit, Tensor lengths)
      implements AutoCloseable {
    static Buffers create(CandidateTower tower, int capacity) {
      return Scope.build("candidate tower", scope -> in(scope, tower, capacity));
    }

    private static Buffers in(Scope scope, CandidateTower tower, int capacity) {
      Ops ops = tower.ops;
      Shape vectors = new Shape(capacity, tower.columns);
      Shape rows =
          tower.projections == null
              ? new Shape(capacity * tower.hashes, tower.columns)
              : new Shape(capacity, tower.hashes * tower.columns);
      return new Buffers(
          scope,
          ops.tensor(scope, "post_rows", rows),
          ops.tensor(scope, "post_hidden", new Shape(capacity, 2 * tower.columns)),
          ops.tensor(scope, "post_vectors", vectors),
          ops.tensor(scope, "candidate_representation", vectors),
          ops.tensor(scope, "post_lengths", new Shape(capacity, 1)));
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** Writes the unit vectors of {@code newPosts} [count, D] to {@code out[at..]}. */
  void encode(float[] out, int at, CandidateFeatures newPosts) {
    Buffers b = room.reserve(newPosts.count());
    posts = newPosts;
    if (projections == null) {
      pool(newPosts);
    } else {
      b.rows().useRows(newPosts.count());
      gather(newPosts, postNumbers, postRows);
      ops.matmul(b.hidden(), b.rows(), projections.expand());
      ops.silu(b.hidden(), b.hidden());
      ops.matmul(b.vector(), b.hidden(), projections.compress());
    }
    ops.l2Normalize(b.unit(), b.lengths(), b.vector());
    b.unit().copyTo(out, at);
  }

  /** Gathers by row number if the posts refer to the tables in use, else copies row by row. */
  private void gather(CandidateFeatures newPosts, RowNumbers numbers, RowSource rows) {
    RowTable table = tables.of(newPosts);
    if (table == null) {
      ops.gather(room.get().rows(), rows);
    } else {
      ops.gather(room.get().rows(), table, numbers);
    }
  }

  private long postNumber(int row, int hash) {
    return posts == null ? 0 : posts.postRow(row, hash);
  }

  private long singleNumber(int row, int part) {
    return postNumber(row / hashes, row % hashes);
  }

  private void pool(CandidateFeatures newPosts) {
    int count = newPosts.count();
    hashRows.clear();
    for (int post = 0; post < count; post++) {
      hashRows.beginRequest();
      for (int hash = 0; hash < hashes; hash++) {
        hashRows.addRow(hash);
      }
    }
    room.get().rows().useRows(count * hashes);
    gather(newPosts, singleNumbers, singleRows);
    ops.meanPool(room.get().vector(), room.get().rows(), hashRows);
  }

  private void copyPost(int row, float[] to, int at) {
    if (posts != null) {
      posts.copyPost(row, to, at);
    }
  }

  /**
   * Copies one hash row of a post; {@link CandidateFeatures#copyPost} copies all of them at once.
   */
  private void copyHash(int row, float[] to, int at) {
    float[] all = new float[hashes * columns];
    copyPost(row / hashes, all, 0);
    System.arraycopy(all, row % hashes * columns, to, at, columns);
  }

  @Override
  public void close() {
    room.close();
  }
}

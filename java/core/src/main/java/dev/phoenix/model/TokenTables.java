package dev.phoenix.model;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.feature.EmbeddedRows;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowTable;
import dev.phoenix.tensor.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend's copy of a model's embedding tables as one combined table: reserved rows of zeros,
 * then users, items and authors. Shared by all lanes of the model. Source: docs/model.md#2-hashing.
 */
final class TokenTables implements AutoCloseable {
  private final Ops ops;
  private volatile @Nullable Held held;

  /** The embedding tables in use and the backend's form of them. */
  private record Held(Scope scope, EmbeddingTables tables, RowTable rows) {}

  TokenTables(Ops ops) {
    this.ops = ops;
  }

  /**
   * Replaces the tables in use by {@code tables}, which the caller keeps open while they are in
   * use.
   */
  void use(EmbeddingTables tables) {
    Held before = held;
    if (before != null && before.tables() == tables) {
      return;
    }
    close();
    HostRows rows =
        HostRows.of(
            Vocabulary.RESERVED_ROWS,
            tables.dimension(),
            List.of(tables.users(), tables.items(), tables.authors()));
    held =
        Scope.build(
            "embedding tables", scope -> new Held(scope, tables, ops.rowTable(scope, rows)));
  }

  /** The backend's table if all of {@code requests} refer to the tables in use, else null. */
  @Nullable RowTable of(List<? extends EmbeddedRows> requests) {
    Held current = held;
    if (current == null) {
      return null;
    }
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i).tables() != current.tables()) {
        return null;
      }
    }
    return current.rows();
  }

  /** The backend's table if {@code posts} refer to the tables in use, else null. */
  @Nullable RowTable of(EmbeddedRows posts) {
    Held current = held;
    return current != null && posts.tables() == current.tables() ? current.rows() : null;
  }

  @Override
  public void close() {
    Held current = held;
    held = null;
    if (current != null) {
      current.scope().close();
    }
  }
}

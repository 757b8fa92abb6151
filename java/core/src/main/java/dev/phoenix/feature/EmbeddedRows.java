package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import org.jspecify.annotations.Nullable;

/** Features whose embedding rows may come from a model's tables. */
public interface EmbeddedRows {
  /**
   * The tables that the row numbers refer to; null if the request carries the embedding rows
   * themselves.
   */
  default @Nullable EmbeddingTables tables() {
    return null;
  }
}

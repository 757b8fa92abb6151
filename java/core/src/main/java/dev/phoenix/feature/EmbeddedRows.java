package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import org.jspecify.annotations.Nullable;

/** Features whose embedding rows may come from a model's tables. */
public interface EmbeddedRows {
  /**
   * The tables that the row numbers of these features refer to; null where the request carries its
   * own rows, which can only be copied.
   */
  default @Nullable EmbeddingTables tables() {
    return null;
  }
}

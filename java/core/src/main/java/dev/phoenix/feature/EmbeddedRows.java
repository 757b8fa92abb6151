package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import org.jspecify.annotations.Nullable;

/** Something whose embedding rows may be rows of a model's tables. */
public interface EmbeddedRows {
  /**
   * The tables whose combined rows are named by number; null where the rows come with the request
   * and can only be copied.
   */
  default @Nullable EmbeddingTables tables() {
    return null;
  }
}

package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import java.util.Arrays;

/** Looks up the embedding rows of ids with the hash functions and tables of one model. */
final class HashedRows {
  private final ModelConfig config;
  private final HashFunctions hashes;
  private final EmbeddingTables tables;

  private HashedRows(ModelConfig config, EmbeddingTables tables) {
    this.config = config;
    this.hashes = HashFunctions.create(config);
    this.tables = tables;
  }

  static HashedRows create(ModelConfig config, EmbeddingTables tables) {
    return new HashedRows(config, tables);
  }

  EmbeddingTables tables() {
    return tables;
  }

  /** The combined row of a user's hash. */
  long userRow(long id, int hash) {
    return hashes.userRow(id, hash);
  }

  /** The combined row of a hash: I hashes of a post, then W hashes of its author. */
  long postRow(long postId, long authorId, int hash) {
    int items = config.hashCounts().item();
    return hash < items ? hashes.itemRow(postId, hash) : hashes.authorRow(authorId, hash - items);
  }

  /** Writes the U rows of a user, concatenated. */
  void copyUser(long id, float[] to, int at) {
    for (int j = 0; j < config.hashCounts().user(); j++) {
      tables.copyRow(userRow(id, j), to, at + j * config.embSize());
    }
  }

  /** Writes the I rows of a post and then the W rows of its author. */
  void copyPost(long postId, long authorId, float[] to, int at) {
    for (int j = 0; j < config.hashCounts().post(); j++) {
      tables.copyRow(postRow(postId, authorId, j), to, at + j * config.embSize());
    }
  }

  /** Writes the sum of an IP id's rows; zeros for id 0 and where the model has no such rows. */
  void copyIp(long id, float[] to, int at) {
    int d = config.embSize();
    Arrays.fill(to, at, at + d, 0f);
    if (id == 0 || !hashes.hasIps()) {
      return;
    }
    float[] row = new float[d];
    for (int j = 0; j < config.hashCounts().ip(); j++) {
      tables.copyRow(hashes.ipRow(id, j), row, 0);
      for (int k = 0; k < d; k++) {
        to[at + k] += row[k];
      }
    }
  }
}

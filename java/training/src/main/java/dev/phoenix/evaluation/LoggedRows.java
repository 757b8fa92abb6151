package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.feature.HashFunctions;

/**
 * The embedding rows of a dataset's users and posts in a model's tables.
 *
 * @param config the model's configuration
 * @param tables the model's embedding tables
 * @param catalog the posts
 * @param hashes the model's hash functions
 */
record LoggedRows(
    ModelConfig config, EmbeddingTables tables, Catalog catalog, HashFunctions hashes) {
  static LoggedRows of(ModelConfig config, EmbeddingTables tables, Catalog catalog) {
    return new LoggedRows(config, tables, catalog, HashFunctions.create(config));
  }

  void copyUser(long id, float[] to, int at) {
    for (int j = 0; j < config.hashCounts().user(); j++) {
      tables.copyRow(hashes.userRow(id, j), to, at + j * config.embSize());
    }
  }

  void copyPost(int post, float[] to, int at) {
    int next = at;
    for (int j = 0; j < config.hashCounts().item(); j++) {
      tables.copyRow(hashes.itemRow(catalog.postIds()[post], j), to, next);
      next += config.embSize();
    }
    for (int j = 0; j < config.hashCounts().author(); j++) {
      tables.copyRow(hashes.authorRow(catalog.authorIds()[post], j), to, next);
      next += config.embSize();
    }
  }
}

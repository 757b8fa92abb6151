package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.training.PostRows;
import java.util.stream.IntStream;

/** The rows that every post of a catalogue and any user have in a model's combined table. */
final class PostTable {
  private final ModelConfig config;
  private final HashFunctions hashes;
  private final int width;
  private final int[] rows;

  PostTable(ModelConfig config, Catalog catalog) {
    this.config = config;
    this.hashes = HashFunctions.create(config);
    this.width = config.numItemHashes() + config.numAuthorHashes();
    this.rows = new int[catalog.size() * width];
    for (int post = 0; post < catalog.size(); post++) {
      for (int j = 0; j < config.numItemHashes(); j++) {
        rows[post * width + j] = Math.toIntExact(hashes.itemRow(catalog.postIds()[post], j));
      }
      for (int j = 0; j < config.numAuthorHashes(); j++) {
        rows[post * width + config.numItemHashes() + j] =
            Math.toIntExact(hashes.authorRow(catalog.authorIds()[post], j));
      }
    }
  }

  ModelConfig config() {
    return config;
  }

  /** Writes the U rows of a user. */
  void copyUser(long id, int[] to, int at) {
    for (int j = 0; j < config.numUserHashes(); j++) {
      to[at + j] = Math.toIntExact(hashes.userRow(id, j));
    }
  }

  /** The rows of some posts. */
  PostRows rows(int[] posts) {
    int[] chosen = new int[posts.length * width];
    for (int i = 0; i < posts.length; i++) {
      System.arraycopy(rows, posts[i] * width, chosen, i * width, width);
    }
    return new PostRows(posts.length, chosen);
  }

  /** The rows of all posts, in the catalogue's order. */
  PostRows all() {
    return rows(IntStream.range(0, rows.length / width).toArray());
  }
}

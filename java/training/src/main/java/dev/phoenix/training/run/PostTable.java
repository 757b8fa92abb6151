package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.training.PostRows;
import java.util.stream.IntStream;

/**
 * The rows that the posts of a catalogue and any user have in a model's combined embedding table
 * (docs/model.md#2-hashing): what the batches of a trainer are made of. Everything here is by index
 * into the catalogue. {@code BatchesFromIds} in java/examples goes from ids to batches.
 */
public final class PostTable {
  private final ModelConfig config;
  private final HashFunctions hashes;
  private final int width;
  private final int[] rows;

  /**
   * Hashes every post of {@code catalog} and its author.
   *
   * @param config with I item hashes, W author hashes and U user hashes
   * @throws ArithmeticException if a table has more rows than an int counts
   */
  public PostTable(ModelConfig config, Catalog catalog) {
    this.config = config;
    this.hashes = HashFunctions.create(config);
    this.width = config.hashCounts().post();
    this.rows = new int[catalog.size() * width];
    for (int post = 0; post < catalog.size(); post++) {
      for (int j = 0; j < config.hashCounts().item(); j++) {
        rows[post * width + j] = Math.toIntExact(hashes.itemRow(catalog.postIds()[post], j));
      }
      for (int j = 0; j < config.hashCounts().author(); j++) {
        rows[post * width + config.hashCounts().item() + j] =
            Math.toIntExact(hashes.authorRow(catalog.authorIds()[post], j));
      }
    }
  }

  ModelConfig config() {
    return config;
  }

  /** [B, U] the rows of B users, by their ids. */
  public int[] userRows(long... ids) {
    int count = config.hashCounts().user();
    int[] found = new int[ids.length * count];
    for (int i = 0; i < found.length; i++) {
      found[i] = Math.toIntExact(hashes.userRow(ids[i / count], i % count));
    }
    return found;
  }

  /**
   * The rows of some posts.
   *
   * @param posts [N] indices into the catalogue
   */
  public PostRows rows(int... posts) {
    int[] chosen = new int[posts.length * width];
    for (int i = 0; i < posts.length; i++) {
      System.arraycopy(rows, posts[i] * width, chosen, i * width, width);
    }
    return new PostRows(posts.length, chosen);
  }

  /** The rows of all posts, in the catalogue's order. */
  public PostRows all() {
    return rows(IntStream.range(0, rows.length / width).toArray());
  }
}

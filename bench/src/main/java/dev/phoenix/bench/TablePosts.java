package dev.phoenix.bench;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.CandidateFeatures;
import java.util.Random;

/** Posts with random row numbers, looked up in mapped embedding tables. */
final class TablePosts implements CandidateFeatures {
  private final EmbeddingTables tables;
  private final long[] rows;
  private final int count;

  TablePosts(EmbeddingTables tables, ModelConfig config, int count) {
    this.tables = tables;
    this.count = count;
    int hashes = config.hashCounts().post();
    this.rows = new long[count * hashes];
    Random random = new Random(1);
    var vocabulary = tables.vocabulary();
    for (int i = 0; i < rows.length; i++) {
      boolean item = i % hashes < config.hashCounts().item();
      long start = item ? vocabulary.itemStart() : vocabulary.authorStart();
      rows[i] = start + random.nextInt(item ? vocabulary.item() : vocabulary.author());
    }
  }

  @Override
  public EmbeddingTables tables() {
    return tables;
  }

  @Override
  public long postRow(int i, int hash) {
    return rows[i * (rows.length / count) + hash];
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public boolean isPost(int i) {
    return true;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    int hashes = rows.length / count;
    for (int hash = 0; hash < hashes; hash++) {
      tables.copyRow(rows[i * hashes + hash], to, at + hash * tables.dimension());
    }
  }

  @Override
  public int surface(int i) {
    return 0;
  }

  @Override
  public int ageBucket(int i) {
    return 0;
  }
}

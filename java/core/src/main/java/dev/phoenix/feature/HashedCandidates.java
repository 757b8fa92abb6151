package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;

/**
 * Candidates given by ids, whose embedding rows are looked up by hash in a model's tables. All have
 * the same product surface. Id 0 is padding. Source: docs/model.md#2-hashing, #3-features and
 * #7-pipeline.
 */
public final class HashedCandidates implements CandidateFeatures {
  private final HashedRows rows;
  private final long[] postIds;
  private final long[] authorIds;
  private final int surface;
  private final int[] ageBuckets;

  private HashedCandidates(
      HashedRows rows, long[] postIds, long[] authorIds, int surface, int[] ageBuckets) {
    this.ageBuckets = ageBuckets;
    if (postIds.length != authorIds.length) {
      throw new IllegalArgumentException(
          "%d post ids, %d author ids".formatted(postIds.length, authorIds.length));
    }
    this.rows = rows;
    this.postIds = postIds;
    this.authorIds = authorIds;
    this.surface = surface;
  }

  /**
   * Candidates of unknown age on surface 0: post {@code postIds[i]} is by author {@code
   * authorIds[i]}.
   */
  public static HashedCandidates create(
      ModelConfig config, EmbeddingTables tables, long[] postIds, long[] authorIds) {
    return create(config, tables, postIds, authorIds, 0);
  }

  /**
   * Candidates of unknown age on a product surface; a surface outside the model's vocabulary adds
   * nothing.
   */
  public static HashedCandidates create(
      ModelConfig config, EmbeddingTables tables, long[] postIds, long[] authorIds, int surface) {
    return new HashedCandidates(
        HashedRows.create(config, tables), postIds, authorIds, surface, new int[postIds.length]);
  }

  /** These candidates with the age buckets that follow from {@code times}. */
  public HashedCandidates at(PostTimes times, ModelConfig config) {
    int[] buckets = new int[postIds.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = times.bucket(i, postIds[i], config.features().postAgeGranularityMins());
    }
    return new HashedCandidates(rows, postIds, authorIds, surface, buckets);
  }

  @Override
  public EmbeddingTables tables() {
    return rows.tables();
  }

  @Override
  public long postRow(int i, int hash) {
    return rows.postRow(postIds[i], authorIds[i], hash);
  }

  @Override
  public int count() {
    return postIds.length;
  }

  @Override
  public boolean isPost(int i) {
    return postIds[i] != 0;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    rows.copyPost(postIds[i], authorIds[i], to, at);
  }

  @Override
  public int surface(int i) {
    return surface;
  }

  @Override
  public int ageBucket(int i) {
    return ageBuckets[i];
  }
}

package dev.phoenix.evaluation;

import dev.phoenix.feature.CandidateFeatures;
import java.util.stream.IntStream;

/**
 * Posts of a catalogue as candidates.
 *
 * @param posts indices into the catalogue
 * @param shown when they are shown, in seconds since the epoch; 0 for posts without an age
 */
record CatalogPosts(LoggedRows rows, int[] posts, long shown) implements CandidateFeatures {
  /** Posts {@code from} to {@code to} (exclusive), as a candidate tower sees them. */
  static CatalogPosts range(LoggedRows rows, int from, int to) {
    return new CatalogPosts(rows, IntStream.range(from, to).toArray(), 0);
  }

  @Override
  public int count() {
    return posts.length;
  }

  @Override
  public boolean isPost(int i) {
    return true;
  }

  @Override
  public void copyPost(int i, float[] buffer, int at) {
    rows.copyPost(posts[i], buffer, at);
  }

  @Override
  public int surface(int i) {
    return 0;
  }

  @Override
  public int ageBucket(int i) {
    return LoggedAge.bucket(rows.config(), rows.catalog(), posts[i], shown);
  }
}

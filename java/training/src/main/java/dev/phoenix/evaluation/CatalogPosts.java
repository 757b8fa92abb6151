package dev.phoenix.evaluation;

import dev.phoenix.feature.CandidateFeatures;

/** Posts {@code from} to {@code to} (exclusive) of a catalogue as inputs of a candidate tower. */
record CatalogPosts(LoggedRows rows, int from, int to) implements CandidateFeatures {
  @Override
  public int count() {
    return to - from;
  }

  @Override
  public boolean isPost(int i) {
    return true;
  }

  @Override
  public void copyPost(int i, float[] buffer, int at) {
    rows.copyPost(from + i, buffer, at);
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

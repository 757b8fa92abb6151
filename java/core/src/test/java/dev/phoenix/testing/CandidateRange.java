package dev.phoenix.testing;

import dev.phoenix.feature.CandidateFeatures;

/** Candidates {@code from} to {@code from + count} of a list, each at its slot of that list. */
public record CandidateRange(CandidateFeatures all, int from, int count)
    implements CandidateFeatures {
  @Override
  public int slot(int i) {
    return all.slot(from + i);
  }

  @Override
  public boolean isPost(int i) {
    return all.isPost(from + i);
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    all.copyPost(from + i, to, at);
  }

  @Override
  public int surface(int i) {
    return all.surface(from + i);
  }

  @Override
  public int ageBucket(int i) {
    return all.ageBucket(from + i);
  }
}

package dev.phoenix.evaluation;

import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.feature.CandidateFeatures;

/** The impressions of a block as candidates, with their logged surface and age. */
record LoggedCandidates(LoggedRows rows, Events events, TimeSplit.Block block)
    implements CandidateFeatures {
  @Override
  public int count() {
    return block.to() - block.from();
  }

  @Override
  public boolean isPost(int i) {
    return true;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    rows.copyPost(events.posts()[block.from() + i], to, at);
  }

  @Override
  public int surface(int i) {
    return events.surface(block.from() + i);
  }

  @Override
  public int ageBucket(int i) {
    return LoggedAge.bucket(rows.config(), rows.catalog(), events, block.from() + i);
  }
}

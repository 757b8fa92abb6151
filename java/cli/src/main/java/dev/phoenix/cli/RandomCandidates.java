package dev.phoenix.cli;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.CandidateFeatures;
import java.util.Random;

/** Random candidates: normal embeddings, random surfaces, unknown ages. */
final class RandomCandidates implements CandidateFeatures {
  private final int count;
  private final int columns;
  private final float[] posts;
  private final int[] surfaces;

  RandomCandidates(Random random, ModelConfig config) {
    this.count = config.sequence().candidateSeqLen();
    this.columns = config.hashCounts().post() * config.embSize();
    this.posts = RandomHistory.gaussian(random, count * columns);
    this.surfaces = random.ints(count, 0, config.features().productSurfaceVocabSize()).toArray();
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
    System.arraycopy(posts, i * columns, to, at, columns);
  }

  @Override
  public int surface(int i) {
    return surfaces[i];
  }

  @Override
  public int ageBucket(int i) {
    return 0;
  }
}

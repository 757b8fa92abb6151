package dev.phoenix.testing;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.CandidateFeatures;
import java.util.Arrays;
import java.util.Random;

/** Random candidates without padding by default. */
public final class RandomCandidates implements CandidateFeatures {
  private final boolean[] posts;
  private final float[] rows;
  private final int[] surfaces;
  private final int[] ages;
  private final int postColumns;

  /** Creates {@code count} candidates. */
  public RandomCandidates(ModelConfig config, Random random, int count) {
    this.postColumns = config.hashCounts().post() * config.embSize();
    this.posts = new boolean[count];
    Arrays.fill(posts, true);
    this.rows = RandomHistory.gaussians(random, count * postColumns);
    this.surfaces = random.ints(count, 0, config.features().productSurfaceVocabSize()).toArray();
    this.ages = random.ints(count, 0, config.features().postAgeBuckets()).toArray();
  }

  /** Makes these candidates padding. */
  public RandomCandidates withPaddingAt(int... padding) {
    for (int i : padding) {
      posts[i] = false;
    }
    return this;
  }

  @Override
  public int count() {
    return posts.length;
  }

  @Override
  public boolean isPost(int i) {
    return posts[i];
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    System.arraycopy(rows, i * postColumns, to, at, postColumns);
  }

  @Override
  public int surface(int i) {
    return surfaces[i];
  }

  @Override
  public int ageBucket(int i) {
    return ages[i];
  }
}

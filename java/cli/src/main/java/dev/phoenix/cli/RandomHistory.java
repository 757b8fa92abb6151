package dev.phoenix.cli;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.HistoryFeatures;
import java.util.Random;

/** A random user: a history of S / 2 to S posts, 30 % of actions set, normal embeddings. */
final class RandomHistory implements HistoryFeatures {
  private static final double ACTION_RATE = 0.3;

  private final ModelConfig config;
  private final float[] user;
  private final float[] posts;
  private final boolean[] actions;
  private final int[] surfaces;
  private final int valid;

  RandomHistory(Random random, ModelConfig config) {
    this.config = config;
    int length = config.sequence().historySeqLen();
    this.user = gaussian(random, config.hashCounts().user() * config.embSize());
    this.posts = gaussian(random, length * postColumns());
    this.actions = new boolean[length * config.actions().numActions()];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = random.nextDouble() < ACTION_RATE;
    }
    this.surfaces = random.ints(length, 0, config.features().productSurfaceVocabSize()).toArray();
    this.valid = random.nextInt(length / 2, length + 1);
  }

  static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private int postColumns() {
    return config.hashCounts().post() * config.embSize();
  }

  @Override
  public boolean hasUser() {
    return true;
  }

  @Override
  public void copyUser(float[] to, int at) {
    System.arraycopy(user, 0, to, at, user.length);
  }

  @Override
  public void copyUserIp(float[] to, int at) {
    throw new IllegalStateException("the demo's model has no IP hashes");
  }

  @Override
  public int length() {
    return config.sequence().historySeqLen();
  }

  @Override
  public boolean isPost(int i) {
    return i < valid;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    System.arraycopy(posts, i * postColumns(), to, at, postColumns());
  }

  @Override
  public float action(int i, int action) {
    return actions[i * config.actions().numActions() + action] ? 1 : 0;
  }

  @Override
  public int surface(int i) {
    return surfaces[i];
  }

  @Override
  public float dwellSeconds(int i) {
    return 0;
  }
}

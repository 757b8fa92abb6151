package dev.phoenix.testing;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.HistoryFeatures;
import java.util.Arrays;
import java.util.Random;

/** A user with a random history without padding by default. */
public final class RandomHistory implements HistoryFeatures {
  private final ModelConfig config;
  private final boolean[] posts;
  private final float[] user;
  private final float[] userIp;
  private final float[] rows;
  private final float[] actions;
  private final int[] surfaces;
  private final float[] dwell;
  private final int postColumns;
  private boolean hasUser = true;

  /** Creates a history of {@code length} posts. */
  public RandomHistory(ModelConfig config, Random random, int length) {
    this.config = config;
    int d = config.embSize();
    this.postColumns = config.hashCounts().post() * d;
    this.posts = new boolean[length];
    Arrays.fill(posts, true);
    this.user = gaussians(random, config.hashCounts().user() * d);
    this.userIp = gaussians(random, d);
    this.rows = gaussians(random, length * postColumns);
    this.actions = new float[length * config.actions().numActions()];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = random.nextInt(4) == 0 ? 1 : 0;
    }
    this.surfaces = random.ints(length, 0, config.features().productSurfaceVocabSize()).toArray();
    this.dwell = new float[length];
    for (int i = 0; i < length; i++) {
      dwell[i] = random.nextInt(3) == 0 ? 0 : 60 * random.nextFloat();
    }
  }

  static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Makes position {@code i} padding. */
  public RandomHistory withPaddingAt(int... padding) {
    for (int i : padding) {
      posts[i] = false;
    }
    return this;
  }

  /** Removes the user. */
  public RandomHistory withoutUser() {
    hasUser = false;
    return this;
  }

  /** Removes every dwell time. */
  public RandomHistory withoutDwell() {
    Arrays.fill(dwell, 0f);
    return this;
  }

  @Override
  public boolean hasUser() {
    return hasUser;
  }

  @Override
  public void copyUser(float[] to, int at) {
    System.arraycopy(user, 0, to, at, user.length);
  }

  @Override
  public void copyUserIp(float[] to, int at) {
    System.arraycopy(userIp, 0, to, at, userIp.length);
  }

  @Override
  public int length() {
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
  public float action(int i, int action) {
    return actions[i * config.actions().numActions() + action];
  }

  @Override
  public int surface(int i) {
    return surfaces[i];
  }

  @Override
  public float dwellSeconds(int i) {
    return dwell[i];
  }
}

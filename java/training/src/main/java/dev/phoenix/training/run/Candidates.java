package dev.phoenix.training.run;

import dev.phoenix.dataset.Events;
import java.util.Arrays;

/** Collects the candidates of a ranker's batch and what became of them. */
final class Candidates {
  private final int actions;
  private int[] offsets = {0};
  private int[] posts = new int[64];
  private int[] surfaces = new int[64];
  private int[] ages = new int[64];
  private float[] dwell = new float[64];
  private int[] happened = new int[64];
  private boolean[] sampled = new boolean[64];
  private int count;

  Candidates(int actions) {
    this.actions = actions;
  }

  /** Adds impression {@code i} of {@code events}. */
  void add(Events events, int i, int surface, int age) {
    reserve();
    posts[count] = events.posts()[i];
    surfaces[count] = surface;
    ages[count] = age;
    dwell[count] = events.dwell(i);
    happened[count++] = events.actions()[i];
  }

  /** Adds a post that the user was not shown. */
  void addSampled(int post) {
    reserve();
    posts[count] = post;
    surfaces[count] = 0;
    ages[count] = 0;
    dwell[count] = 0;
    happened[count] = 0;
    sampled[count++] = true;
  }

  /** Ends the user's candidates. */
  void endUser() {
    offsets = Arrays.copyOf(offsets, offsets.length + 1);
    offsets[offsets.length - 1] = count;
  }

  private void reserve() {
    if (count == posts.length) {
      int more = 2 * count;
      posts = Arrays.copyOf(posts, more);
      surfaces = Arrays.copyOf(surfaces, more);
      ages = Arrays.copyOf(ages, more);
      dwell = Arrays.copyOf(dwell, more);
      happened = Arrays.copyOf(happened, more);
      sampled = Arrays.copyOf(sampled, more);
    }
  }

  int[] offsets() {
    return offsets;
  }

  int[] posts() {
    return Arrays.copyOf(posts, count);
  }

  int[] surfaces() {
    return Arrays.copyOf(surfaces, count);
  }

  int[] ages() {
    return Arrays.copyOf(ages, count);
  }

  float[] dwell() {
    return Arrays.copyOf(dwell, count);
  }

  boolean[] sampled() {
    return Arrays.copyOf(sampled, count);
  }

  /** [Q, A]. */
  float[] targets() {
    float[] targets = new float[count * actions];
    for (int i = 0; i < count; i++) {
      for (int action = 0; action < Math.min(actions, Integer.SIZE); action++) {
        targets[i * actions + action] = (happened[i] >>> action & 1) != 0 ? 1 : 0;
      }
    }
    return targets;
  }
}

package dev.phoenix.world;

import java.util.Arrays;
import java.util.Random;

/**
 * The preferences of one user: two or three topics and a few authors who write about them.
 *
 * @param topics affinity to each topic; about -1.2 for most, 1 to 2 for the favorites
 * @param favorites favorite topics, highest affinity first
 * @param followed followed authors, who write about the favorite topics
 * @param generosity the user's tendency to act at all
 * @param talkativeness the user's tendency to reply
 */
record Taste(
    double[] topics, int[] favorites, int[] followed, double generosity, double talkativeness) {
  private static final int FOLLOWED = 5;
  private static final double FOLLOWED_BONUS = 1.2;

  static Taste draw(Posts posts, Random random) {
    double[] topics = new double[Topic.ALL.size()];
    for (int t = 0; t < topics.length; t++) {
      topics[t] = -1.2 + 0.3 * random.nextGaussian();
    }
    int[] favorites = new int[2 + random.nextInt(2)];
    for (int i = 0; i < favorites.length; i++) {
      int topic = random.nextInt(topics.length);
      while (topics[topic] > 0.5) {
        topic = random.nextInt(topics.length);
      }
      favorites[i] = topic;
      topics[topic] = 2 - 0.4 * i + 0.15 * random.nextGaussian();
    }
    int[] followed = new int[FOLLOWED];
    for (int i = 0; i < FOLLOWED; i++) {
      followed[i] = author(posts, favorites[i % favorites.length], random);
    }
    return new Taste(
        topics, favorites, followed, 0.4 * random.nextGaussian(), 0.6 * random.nextGaussian());
  }

  private static int author(Posts posts, int topic, Random random) {
    int author = random.nextInt(posts.authorTopic.length);
    while (posts.authorTopic[author] != topic) {
      author = random.nextInt(posts.authorTopic.length);
    }
    return author;
  }

  boolean follows(int author) {
    return Arrays.stream(followed).anyMatch(other -> other == author);
  }

  /** The affinity to a post, from topic, author and quality. */
  double affinity(Posts posts, int post) {
    return topics[posts.topic[post]]
        + (follows(posts.author[post]) ? FOLLOWED_BONUS : 0)
        + 0.7 * posts.quality[post]
        + generosity;
  }
}

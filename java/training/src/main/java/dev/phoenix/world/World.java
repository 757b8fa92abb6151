package dev.phoenix.world;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * A synthetic dataset generated from a seed.
 *
 * @param dataset posts and impressions
 * @param favoriteProbabilities by user and impression, the true probability of the action favorite,
 *     which an ideal ranker would predict
 */
public record World(Dataset dataset, List<double[]> favoriteProbabilities) {
  private static final long FIRST_USER = 501;

  /** Fractions of impressions from followed authors and from favorite topics. */
  private static final double FROM_FOLLOWED = 0.45;

  private static final double FROM_FAVORITES = 0.3;
  private static final int TRIES = 40;

  /** Product surfaces: the feed, followed authors, search, notifications. */
  private static final int FEED = 0;

  private static final int FOLLOWING = 1;
  private static final int SEARCH = 2;
  private static final int NOTIFICATIONS = 3;

  /** Generates a world, which depends on size and seed alone. */
  public static World generate(WorldSize size, long seed) {
    Random random = new Random(seed);
    Posts posts = new Posts(size, random);
    List<UserEvents> users = new ArrayList<>();
    List<double[]> probabilities = new ArrayList<>();
    for (int user = 0; user < size.users(); user++) {
      Taste taste = Taste.draw(posts, random);
      Diary diary = new Diary(posts, taste, random);
      diary.live(size);
      users.add(new UserEvents(FIRST_USER + user, diary.events()));
      probabilities.add(diary.favoriteProbabilities());
    }
    String name = "world of seed " + seed;
    return new World(new Dataset(name, posts.catalog(), users), probabilities);
  }

  /** Generates the impressions of one user. */
  private static final class Diary {
    private final Posts posts;
    private final Taste taste;
    private final Random random;
    private final BitSet seen = new BitSet();
    private long[] times = new long[0];
    private int[] shown = new int[0];
    private int[] actions = new int[0];
    private int[] surfaces = new int[0];
    private float[] dwell = new float[0];
    private double[] favorite = new double[0];

    Diary(Posts posts, Taste taste, Random random) {
      this.posts = posts;
      this.taste = taste;
      this.random = random;
    }

    void live(WorldSize size) {
      int count = size.impressions() / 2 + random.nextInt(size.impressions() + 1);
      times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = Posts.START + (long) (random.nextDouble() * size.days() * Posts.DAY);
      }
      Arrays.sort(times);
      shown = new int[count];
      actions = new int[count];
      surfaces = new int[count];
      dwell = new float[count];
      favorite = new double[count];
      for (int i = 0; i < count; i++) {
        see(i);
      }
    }

    private void see(int i) {
      int post = choose(posts.madeBy(times[i]));
      seen.set(post);
      shown[i] = post;
      surfaces[i] = surface(post);
      Reaction reaction = Reaction.of(taste, posts, post, surfaces[i], times[i]);
      actions[i] = reaction.draw(random);
      dwell[i] = reaction.dwell(actions[i], random);
      favorite[i] = reaction.probability(Events.FAVORITE);
    }

    /** Draws an unseen post among the first {@code made}, with a preference for newer ones. */
    private int choose(int made) {
      double mode = random.nextDouble();
      int post = made - 1;
      for (int attempt = 0; attempt < TRIES; attempt++) {
        double back = Math.min(random.nextDouble(), random.nextDouble());
        post = made - 1 - (int) (back * made);
        boolean suits =
            mode < FROM_FOLLOWED
                ? taste.follows(posts.author[post])
                : mode >= FROM_FOLLOWED + FROM_FAVORITES || isFavorite(posts.topic[post]);
        if (suits && !seen.get(post)) {
          return post;
        }
      }
      while (seen.get(post)) {
        post = random.nextInt(made);
      }
      return post;
    }

    private boolean isFavorite(int topic) {
      return Arrays.stream(taste.favorites()).anyMatch(favored -> favored == topic);
    }

    private int surface(int post) {
      double draw = random.nextDouble();
      if (taste.follows(posts.author[post]) && draw < 0.5) {
        return draw < 0.1 ? NOTIFICATIONS : FOLLOWING;
      }
      return draw > 0.92 ? SEARCH : FEED;
    }

    Events events() {
      return new Events(shown, actions, dwell, surfaces, times);
    }

    double[] favoriteProbabilities() {
      return favorite;
    }
  }
}

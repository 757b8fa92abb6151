package dev.phoenix.world;

import dev.phoenix.dataset.Events;
import java.util.Random;

/**
 * The user's reaction to an impression. x is the affinity, lowered for old posts and raised on
 * surfaces where users look for something. The actions happen independently with the probabilities
 *
 * <pre>
 * not_interested  sigmoid(-3.6 - 1.3 x)      and then nothing else
 * favorite        sigmoid(-1.8 + 1.3 x)
 * dwell           sigmoid(-0.4 + 1.2 x)
 * reply           sigmoid(-3.4 + 1.0 x + talkativeness)
 * repost          sigmoid(-3.2 + 1.2 x)
 * vqv             sigmoid(-0.3 + 1.2 x)      if the post has a video
 * </pre>
 *
 * <p>A user who dwells stays at least ten seconds, other users less.
 *
 * @param x the affinity of user and post at this time and on this surface
 * @param talkativeness the user's tendency to reply
 * @param video whether the post has a video
 */
record Reaction(double x, double talkativeness, boolean video) {
  private static final double[] SURFACE = {0, 0.2, 0.5, 0.3};
  private static final double AGE = 0.35;
  private static final double HOURS = 12;

  static Reaction of(Taste taste, Posts posts, int post, int surface, long time) {
    double hours = (time - posts.created[post]) / 3600.0;
    double x =
        taste.affinity(posts, post) + SURFACE[surface] - AGE * StrictMath.log1p(hours / HOURS);
    return new Reaction(x, taste.talkativeness(), posts.video[post]);
  }

  double notInterested() {
    return sigmoid(-3.6 - 1.3 * x);
  }

  /** The marginal probability of {@code action}. */
  double probability(int action) {
    double otherwise = 1 - notInterested();
    return switch (action) {
      case Events.NOT_INTERESTED -> notInterested();
      case Events.FAVORITE -> otherwise * sigmoid(-1.8 + 1.3 * x);
      case Events.DWELL -> otherwise * sigmoid(-0.4 + 1.2 * x);
      case Events.REPLY -> otherwise * sigmoid(-3.4 + x + talkativeness);
      case Events.REPOST -> otherwise * sigmoid(-3.2 + 1.2 * x);
      case Events.VIDEO_VIEW -> video ? otherwise * sigmoid(-0.3 + 1.2 * x) : 0;
      default -> 0;
    };
  }

  /** Draws the actions, one bit each. */
  int draw(Random random) {
    if (random.nextDouble() < notInterested()) {
      return 1 << Events.NOT_INTERESTED;
    }
    int actions = 0;
    int[] kinds = {Events.FAVORITE, Events.DWELL, Events.REPLY, Events.REPOST, Events.VIDEO_VIEW};
    for (int action : kinds) {
      if (random.nextDouble() < probability(action) / (1 - notInterested())) {
        actions |= 1 << action;
      }
    }
    return actions;
  }

  /** Draws the dwell time in seconds, given the actions. */
  float dwell(int actions, Random random) {
    boolean stays = (actions >>> Events.DWELL & 1) != 0;
    double seconds =
        stays
            ? 10 * StrictMath.exp(0.5 * Math.abs(random.nextGaussian()) + 0.1 * Math.max(0, x))
            : 0.5 + 8 * random.nextDouble();
    return Math.round(10 * seconds) / 10f;
  }

  private static double sigmoid(double logit) {
    return 1 / (1 + StrictMath.exp(-logit));
  }
}

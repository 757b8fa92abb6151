package dev.phoenix.bench;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Goal;
import dev.phoenix.bench.report.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times both sides of a comparison in turns. A machine's speed drifts from second to second, so
 * ratios are taken within a round, in which both sides run one after the other. Rounds alternate
 * which side runs first.
 */
final class Rounds {
  /**
   * The number and durations of the rounds.
   *
   * @param rounds the number of rounds
   * @param warmUp the warm-up of this product, for the compiler
   * @param turn the duration of one side in one round
   * @param pause the pause between two turns, in which the other side's spinning threads go to
   *     sleep
   */
  record Plan(int rounds, Duration warmUp, Duration turn, Duration pause) {
    /** The plan of published figures. */
    static Plan full() {
      return new Plan(21, Duration.ofMillis(3000), Duration.ofMillis(120), Duration.ofMillis(10));
    }

    /** A short plan, not for published figures. */
    static Plan quick() {
      return new Plan(5, Duration.ofMillis(500), Duration.ofMillis(40), Duration.ofMillis(10));
    }
  }

  /** Turns of every variant of the peer before the rounds, to find the fastest. */
  private static final int HEATS = 3;

  private static final int FEWEST_RUNS = 3;

  private final Plan plan;
  private final Runnable roundDone;

  /** Creates rounds; {@code roundDone} runs after each. */
  Rounds(Plan plan, Runnable roundDone) {
    this.plan = plan;
    this.roundDone = roundDone;
  }

  /** Checks {@code comparison}, then times it. */
  Figure measure(Comparison comparison) {
    String check = comparison.check();
    long end = System.nanoTime() + plan.warmUp().toNanos();
    while (System.nanoTime() - end < 0) {
      comparison.phoenix();
    }
    Comparison.Peer peer = fastest(comparison.peers());
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < plan.rounds(); round++) {
      if (peer != null && round % 2 == 1) {
        theirs.add(turn(peer.once()));
      }
      ours.add(turn(comparison::phoenix));
      if (peer != null && round % 2 == 0) {
        theirs.add(turn(peer.once()));
      }
      roundDone.run();
    }
    Figure figure =
        Figure.timed(comparison.name(), rounds(ours), check)
            .withAmount(comparison.amount(), comparison.rateUnit());
    if (comparison.target().isPresent()) {
      figure = figure.withGoal(Goal.besidePeers(comparison.target().getAsDouble()));
    }
    return peer == null
        ? figure
        : figure.withPeers(List.of(new Figure.Peer(peer.name(), rounds(theirs), "")));
  }

  private static Timing rounds(List<Double> seconds) {
    return new Timing(seconds, Timing.How.HOST_ROUNDS);
  }

  /** The fastest of {@code peers} in a few turns; null if there is none. */
  Comparison.@Nullable Peer fastest(List<Comparison.Peer> peers) {
    if (peers.size() < 2) {
      return peers.isEmpty() ? null : peers.getFirst();
    }
    List<Double> best = new ArrayList<>(Collections.nCopies(peers.size(), Double.MAX_VALUE));
    for (int heat = 0; heat < HEATS; heat++) {
      for (int i = 0; i < peers.size(); i++) {
        best.set(i, Math.min(best.get(i), turn(peers.get(i).once())));
      }
    }
    return peers.get(best.indexOf(Collections.min(best, Comparator.naturalOrder())));
  }

  /** The median seconds of one run; the first run is not counted. */
  private double turn(Runnable once) {
    pause();
    once.run();
    List<Double> seconds = new ArrayList<>();
    long begin = System.nanoTime();
    long now = begin;
    while (seconds.size() < FEWEST_RUNS || now - begin < plan.turn().toNanos()) {
      once.run();
      long after = System.nanoTime();
      seconds.add((after - now) * 1e-9);
      now = after;
    }
    return Timing.quantile(seconds, 0.5);
  }

  private void pause() {
    try {
      Thread.sleep(plan.pause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two rounds", e);
    }
  }
}

package dev.phoenix.bench.gpu;

import dev.phoenix.kernels.check.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report.
 *
 * @param part which part of the benchmark it belongs to
 * @param name what was measured
 * @param timing of this product
 * @param rate units per second; null where only the time says something
 * @param work what was counted of it; null where nothing was
 * @param floor the least time; null where none is known
 * @param products the time of its products alone by cuBLASLt; null where it has none
 * @param goals what was aimed at
 * @param check what was compared before anything was timed
 * @param peers others on the same inputs
 */
public record Figure(
    Part part,
    String name,
    Timing timing,
    @Nullable Rate rate,
    @Nullable Work work,
    @Nullable Floor floor,
    @Nullable Timing products,
    List<Goal> goals,
    String check,
    List<PeerFigure> peers) {

  private static final String BESIDE_PEERS = "x the fastest peer";

  /** Keeps lists of its own. */
  public Figure {
    goals = List.copyOf(goals);
    peers = List.copyOf(peers);
  }

  /**
   * How much is done per second.
   *
   * @param perSecond at the median
   * @param unit what is counted
   */
  public record Rate(double perSecond, String unit) {}

  /**
   * What was aimed at.
   *
   * @param what the quantity
   * @param sense whether more of it is better
   * @param wanted of it
   * @param found what was measured; null where it could not be, such as a ratio without a peer
   */
  public record Goal(String what, Sense sense, double wanted, @Nullable Double found) {
    /** Which side of the goal is right. */
    public enum Sense {
      /** At least so much. */
      AT_LEAST("at least"),
      /** At most so much. */
      AT_MOST("at most");

      private final String text;

      Sense(String text) {
        this.text = text;
      }

      /** For tables. */
      public String text() {
        return text;
      }
    }

    static Goal atLeast(double wanted, String what, double found) {
      return new Goal(what, Sense.AT_LEAST, wanted, found);
    }

    static Goal atMost(double wanted, String what, double found) {
      return new Goal(what, Sense.AT_MOST, wanted, found);
    }

    /** So many times the fastest peer, which is measured later. */
    static Goal besidePeers(double wanted) {
      return new Goal(BESIDE_PEERS, Sense.AT_LEAST, wanted, null);
    }

    /** Whether it was reached; what was not measured was not. */
    public boolean met() {
      Double measured = found;
      return measured != null
          && (sense == Sense.AT_LEAST ? measured >= wanted : measured <= wanted);
    }

    private Goal withRatio(double ratio) {
      return what.equals(BESIDE_PEERS) ? new Goal(what, sense, wanted, ratio) : this;
    }
  }

  /**
   * A peer on the same inputs.
   *
   * @param name library and way of using it
   * @param medianSeconds of one run
   * @param check what the comparison of its outputs with ours found
   */
  public record PeerFigure(String name, double medianSeconds, String check) {}

  static Figure of(Part part, String name, Timing timing, String check) {
    return new Figure(part, name, timing, null, null, null, null, List.of(), check, List.of());
  }

  Figure withAmount(double amount, String unit) {
    Rate counted = new Rate(amount / timing.medianSeconds(), unit);
    return new Figure(part, name, timing, counted, work, floor, products, goals, check, peers);
  }

  /** With what was counted, and the floor that the device's rates set to it. */
  Figure withWork(Work counted, Ceilings ceilings) {
    return new Figure(
        part, name, timing, rate, counted, ceilings.floor(counted), products, goals, check, peers);
  }

  /** With one goal more. */
  Figure withGoal(Goal aim) {
    List<Goal> all = new ArrayList<>(goals);
    all.add(aim);
    return new Figure(part, name, timing, rate, work, floor, products, all, check, peers);
  }

  /** With what cuBLASLt alone takes for its products. */
  Figure withProducts(@Nullable Timing alone) {
    return new Figure(part, name, timing, rate, work, floor, alone, goals, check, peers);
  }

  /** With others beside it, and its ratio to the fastest of them where that is a goal. */
  Figure withPeers(List<PeerFigure> others) {
    List<Goal> judged =
        others.stream().mapToDouble(PeerFigure::medianSeconds).min().stream()
            .mapToObj(
                fastest ->
                    goals.stream()
                        .map(goal -> goal.withRatio(fastest / timing.medianSeconds()))
                        .toList())
            .findFirst()
            .orElse(goals);
    return new Figure(part, name, timing, rate, work, floor, products, judged, check, others);
  }

  /** The fastest peer. */
  Optional<PeerFigure> bestPeer() {
    return peers.stream().min(Comparator.comparingDouble(PeerFigure::medianSeconds));
  }
}

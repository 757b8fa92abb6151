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
 * @param part the part of the benchmark
 * @param name the name of the measured work
 * @param timing the time of this product
 * @param rate units per second; null if only the time is reported
 * @param work the counted work; null if it was not counted
 * @param floor the lower bound of the time; null if unknown
 * @param products the time of its matrix products alone by cuBLASLt; null if it has none
 * @param goals the goals
 * @param check the result of the check before the timing
 * @param peers peers on the same inputs
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

  /** Copies the lists. */
  public Figure {
    goals = List.copyOf(goals);
    peers = List.copyOf(peers);
  }

  /**
   * A rate.
   *
   * @param perSecond units per second at the median
   * @param unit the unit
   */
  public record Rate(double perSecond, String unit) {}

  /**
   * A goal.
   *
   * @param what the quantity
   * @param sense whether the limit is a minimum or a maximum
   * @param wanted the limit
   * @param found the measured value; null if there is none, such as a ratio without a peer
   */
  public record Goal(String what, Sense sense, double wanted, @Nullable Double found) {
    /** The direction of a goal. */
    public enum Sense {
      /** The value must be the limit or more. */
      AT_LEAST("at least"),
      /** The value must be the limit or less. */
      AT_MOST("at most");

      private final String text;

      Sense(String text) {
        this.text = text;
      }

      /** The text in tables. */
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

    /** A goal for the ratio to the fastest peer, which is measured later. */
    static Goal besidePeers(double wanted) {
      return new Goal(BESIDE_PEERS, Sense.AT_LEAST, wanted, null);
    }

    /** Whether the goal was reached; false if it was not measured. */
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
   * @param name the library and its configuration
   * @param medianSeconds the median time of one run
   * @param check the result of comparing its outputs with ours
   */
  public record PeerFigure(String name, double medianSeconds, String check) {}

  static Figure of(Part part, String name, Timing timing, String check) {
    return new Figure(part, name, timing, null, null, null, null, List.of(), check, List.of());
  }

  Figure withAmount(double amount, String unit) {
    Rate counted = new Rate(amount / timing.medianSeconds(), unit);
    return new Figure(part, name, timing, counted, work, floor, products, goals, check, peers);
  }

  /** A copy with the counted work and its floor. */
  Figure withWork(Work counted, Ceilings ceilings) {
    return new Figure(
        part, name, timing, rate, counted, ceilings.floor(counted), products, goals, check, peers);
  }

  /** A copy with one more goal. */
  Figure withGoal(Goal aim) {
    List<Goal> all = new ArrayList<>(goals);
    all.add(aim);
    return new Figure(part, name, timing, rate, work, floor, products, all, check, peers);
  }

  /** A copy with the time of its products alone by cuBLASLt. */
  Figure withProducts(@Nullable Timing alone) {
    return new Figure(part, name, timing, rate, work, floor, alone, goals, check, peers);
  }

  /** A copy with peers; fills in the ratio to the fastest one if that is a goal. */
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

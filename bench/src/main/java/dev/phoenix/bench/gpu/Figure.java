package dev.phoenix.bench.gpu;

import dev.phoenix.kernels.check.Work;
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
 * @param goal what was aimed at; null where nothing was
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
    @Nullable Goal goal,
    String check,
    List<PeerFigure> peers) {

  /** Keeps a list of its own. */
  public Figure {
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
   * @param wanted at least this much of it
   * @param found what was measured
   */
  public record Goal(String what, double wanted, double found) {
    /** Whether it was reached. */
    public boolean met() {
      return found >= wanted;
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
    return new Figure(part, name, timing, null, null, null, null, check, List.of());
  }

  Figure withAmount(double amount, String unit) {
    Rate counted = new Rate(amount / timing.medianSeconds(), unit);
    return new Figure(part, name, timing, counted, work, floor, goal, check, peers);
  }

  /** With what was counted, and the floor that the device's rates set to it. */
  Figure withWork(Work counted, Ceilings ceilings) {
    return new Figure(
        part, name, timing, rate, counted, ceilings.floor(counted), goal, check, peers);
  }

  Figure withGoal(Goal aim) {
    return new Figure(part, name, timing, rate, work, floor, aim, check, peers);
  }

  Figure withPeers(List<PeerFigure> others) {
    return new Figure(part, name, timing, rate, work, floor, goal, check, others);
  }

  /** The fastest peer. */
  Optional<PeerFigure> bestPeer() {
    return peers.stream().min(Comparator.comparingDouble(PeerFigure::medianSeconds));
  }
}

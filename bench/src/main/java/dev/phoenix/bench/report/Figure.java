package dev.phoenix.bench.report;

import dev.phoenix.kernels.check.Work;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of a report.
 *
 * @param part the part of the benchmark; empty if the report has only one
 * @param name what was measured
 * @param value the value, or the rate at the median time; null if only the time is reported
 * @param time the time of this product; null if the figure is not a time
 * @param work the counted work; null if it was not counted
 * @param floor the lower bound of the time; null if unknown
 * @param products the time of its matrix products alone by cuBLASLt; null if it has none
 * @param goals the goals
 * @param check the result of the check before the timing; empty if there is none
 * @param peers peers on the same inputs
 */
public record Figure(
    String part,
    String name,
    @Nullable Quantity value,
    @Nullable Timing time,
    @Nullable Work work,
    @Nullable Floor floor,
    @Nullable Timing products,
    List<Goal> goals,
    String check,
    List<Peer> peers) {

  /**
   * A peer on the same inputs.
   *
   * @param name the library and its configuration
   * @param time its time
   * @param check the result of comparing its outputs with ours; empty if the figure's says it
   */
  public record Peer(String name, Timing time, String check) {}

  /** Copies the lists. */
  public Figure {
    goals = List.copyOf(goals);
    peers = List.copyOf(peers);
  }

  /** A time that was taken after {@code check}. */
  public static Figure timed(String name, Timing time, String check) {
    return new Figure("", name, null, time, null, null, null, List.of(), check, List.of());
  }

  /** A value without a goal. */
  public static Figure of(String name, double value, String unit) {
    Quantity found = new Quantity(value, unit);
    return new Figure("", name, found, null, null, null, null, List.of(), "", List.of());
  }

  /** A value that must be {@code limit} or less. */
  public static Figure atMost(String name, double value, String unit, double limit) {
    return of(name, value, unit).withGoal(Goal.atMost(limit, unit, value));
  }

  /** A value that must be {@code limit} or more. */
  public static Figure atLeast(String name, double value, String unit, double limit) {
    return of(name, value, unit).withGoal(Goal.atLeast(limit, unit, value));
  }

  /** A count that must be exactly {@code limit}. */
  public static Figure exactly(String name, long value, long limit) {
    return of(name, (double) value, "")
        .withGoal(new Goal("", Goal.Sense.EXACTLY, (double) limit, (double) value));
  }

  /** A copy that belongs to a part. */
  public Figure in(String of) {
    return new Figure(of, name, value, time, work, floor, products, goals, check, peers);
  }

  /** A copy with the rate of {@code amount} in a run. */
  public Figure withAmount(double amount, String unit) {
    Quantity rate = new Quantity(amount / seconds(), unit + "/s");
    return new Figure(part, name, rate, time, work, floor, products, goals, check, peers);
  }

  /** A copy with the counted work and its floor. */
  public Figure withWork(Work counted, Ceilings ceilings) {
    Floor bound = ceilings.floor(counted);
    return new Figure(part, name, value, time, counted, bound, products, goals, check, peers);
  }

  /** A copy with one more goal. */
  public Figure withGoal(Goal aim) {
    List<Goal> all = Stream.concat(goals.stream(), Stream.of(aim)).toList();
    return new Figure(part, name, value, time, work, floor, products, all, check, peers);
  }

  /** A copy with the time of its products alone by cuBLASLt. */
  public Figure withProducts(@Nullable Timing alone) {
    return new Figure(part, name, value, time, work, floor, alone, goals, check, peers);
  }

  /** A copy with peers; fills in the ratio to the fastest one if that is a goal. */
  public Figure withPeers(List<Peer> others) {
    Figure beside =
        new Figure(part, name, value, time, work, floor, products, goals, check, others);
    List<Double> ratios = beside.ratios();
    if (ratios.isEmpty()) {
      return beside;
    }
    double ratio = Timing.quantile(ratios, 0.5);
    List<Goal> judged = goals.stream().map(goal -> goal.withRatio(ratio)).toList();
    return new Figure(part, name, value, time, work, floor, products, judged, check, others);
  }

  /**
   * A copy for tables of the emulated device, whose times meet no goal and compare with no peer.
   */
  Figure emulated() {
    List<Goal> open = goals.stream().map(Goal::unmeasured).toList();
    String label = name + ", emulated";
    return new Figure(part, label, value, time, work, floor, products, open, check, List.of());
  }

  /** The median time of a run in seconds; NaN if the figure is not a time. */
  public double seconds() {
    Timing known = time;
    return known == null ? Double.NaN : known.median();
  }

  /** The fastest peer. */
  public Optional<Peer> bestPeer() {
    return peers.stream().min(Comparator.comparingDouble(peer -> peer.time().median()));
  }

  /** The fastest peer's time over ours, sample by sample; empty without a peer. */
  public List<Double> ratios() {
    Timing ours = time;
    return ours == null
        ? List.of()
        : bestPeer().map(peer -> peer.time().ratios(ours)).orElse(List.of());
  }

  /** Whether every goal was met. */
  boolean met() {
    return goals.stream().allMatch(Goal::met);
  }
}

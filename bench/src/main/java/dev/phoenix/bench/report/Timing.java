package dev.phoenix.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The time of one run.
 *
 * @param seconds every sample, in the order in which they were taken
 * @param how the way a sample was taken
 */
public record Timing(List<Double> seconds, How how) {
  /** The way a sample is taken. */
  public enum How {
    /** Events around one replay of a graph, after a write of more than the second-level cache. */
    DEVICE_COLD,
    /** Events around replays of a graph one after the other, divided by their number. */
    DEVICE_WARM,
    /** The host's clock around a call that returns results. */
    HOST,
    /** The median of the calls of a round by the host's clock, round by round. */
    HOST_ROUNDS,
    /** As the peer takes it; only its median is known. */
    PEER
  }

  /** Copies the samples. */
  public Timing {
    seconds = List.copyOf(seconds);
    if (seconds.isEmpty()) {
      throw new IllegalArgumentException("expected the seconds of at least one run, found none");
    }
  }

  /** The timing of {@code samples} in seconds. */
  public static Timing of(double[] samples, How how) {
    return new Timing(Arrays.stream(samples).boxed().toList(), how);
  }

  /** The median in seconds. */
  public double median() {
    return quantile(seconds, 0.5);
  }

  /** The timing of one of {@code parts} equal parts of a run. */
  public Timing dividedBy(int parts) {
    return new Timing(seconds.stream().map(sample -> sample / parts).toList(), how);
  }

  /** This time over {@code other}'s: sample by sample if both have as many, else of the medians. */
  public List<Double> ratios(Timing other) {
    if (seconds.size() != other.seconds.size()) {
      return List.of(median() / other.median());
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < seconds.size(); i++) {
      ratios.add(seconds.get(i) / other.seconds.get(i));
    }
    return ratios;
  }

  /** The value at {@code share} of the way through the sorted values, which may not be empty. */
  public static double quantile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    double weight = place - below;
    return sorted.get(below) * (1 - weight) + sorted.get(above) * weight;
  }
}

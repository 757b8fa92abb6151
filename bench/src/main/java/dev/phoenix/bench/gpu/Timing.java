package dev.phoenix.bench.gpu;

import java.util.Arrays;

/**
 * The time of one run.
 *
 * @param medianSeconds the median of the samples
 * @param lowerQuartile the lower quartile in seconds
 * @param upperQuartile the upper quartile in seconds
 * @param samples the number of samples
 * @param how the way a sample was taken
 */
public record Timing(
    double medianSeconds, double lowerQuartile, double upperQuartile, int samples, How how) {
  /** The way a sample is taken. */
  public enum How {
    /** Events around one replay of a graph, after a write of more than the second-level cache. */
    DEVICE_COLD("device, caches flushed"),
    /** Events around replays of a graph one after the other, divided by their number. */
    DEVICE_WARM("device, back to back"),
    /** The host's clock around a call that returns results. */
    HOST("host, call to result");

    private final String text;

    How(String text) {
      this.text = text;
    }

    /** The text in tables. */
    public String text() {
      return text;
    }
  }

  /** Creates a timing from samples in seconds; sorts the array. */
  static Timing of(double[] seconds, How how) {
    Arrays.sort(seconds);
    int last = seconds.length - 1;
    return new Timing(
        seconds[last / 2], seconds[last / 4], seconds[last - last / 4], seconds.length, how);
  }
}

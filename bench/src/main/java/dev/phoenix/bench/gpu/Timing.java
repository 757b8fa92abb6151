package dev.phoenix.bench.gpu;

import java.util.Arrays;

/**
 * How long one run of something takes.
 *
 * @param medianSeconds of the samples
 * @param lowerQuartile seconds
 * @param upperQuartile seconds
 * @param samples how many
 * @param how what a sample is
 */
public record Timing(
    double medianSeconds, double lowerQuartile, double upperQuartile, int samples, How how) {
  /** What a sample is. */
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

    /** For tables. */
    public String text() {
      return text;
    }
  }

  /** From samples in seconds, which are sorted. */
  static Timing of(double[] seconds, How how) {
    Arrays.sort(seconds);
    int last = seconds.length - 1;
    return new Timing(
        seconds[last / 2], seconds[last / 4], seconds[last - last / 4], seconds.length, how);
  }
}

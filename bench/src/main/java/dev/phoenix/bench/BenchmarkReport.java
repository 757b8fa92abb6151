package dev.phoenix.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * All figures of one run: the content of {@code bench/results/*.json}.
 *
 * @param date the date of the run, YYYY-MM-DD
 * @param commit the commit of the sources, with "-dirty" if they were changed; "unknown" outside a
 *     repository
 * @param quick whether the rounds were too few and too short to publish
 * @param threads the threads of either side
 * @param machine the machine it ran on
 * @param entries one per comparison
 */
record BenchmarkReport(
    String date, String commit, boolean quick, int threads, Machine machine, List<Entry> entries) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * One comparison.
   *
   * @param name the name of the comparison
   * @param check the result of comparing both sides' outputs
   * @param rateUnit what the rates count per second
   * @param phoenix this product
   * @param peer the peer; null without one
   * @param ratio peer time over our time; null without a peer
   * @param target the ratio aimed at; null if none
   */
  record Entry(
      String name,
      String check,
      String rateUnit,
      Side phoenix,
      @Nullable Side peer,
      @Nullable Ratio ratio,
      @Nullable Double target) {

    static Entry of(Comparison comparison, String check, Measurement measurement) {
      boolean alone = measurement.peer().isEmpty();
      double amount = comparison.amount();
      OptionalDouble target = comparison.target();
      return new Entry(
          comparison.name(),
          check,
          comparison.rateUnit(),
          Side.of("Phoenix", measurement.phoenix(), amount),
          alone ? null : Side.of(measurement.peerName(), measurement.peer(), amount),
          alone ? null : Ratio.of(measurement.ratios()),
          target.isPresent() ? target.getAsDouble() : null);
    }
  }

  /**
   * One side's times.
   *
   * @param name the name of the side
   * @param medianSeconds the median time of one run
   * @param bestSeconds the time of the fastest round
   * @param ratePerSecond the rate at the median
   * @param rounds every round's seconds
   */
  record Side(
      String name,
      double medianSeconds,
      double bestSeconds,
      double ratePerSecond,
      List<Double> rounds) {
    static Side of(String name, List<Double> rounds, double amount) {
      double median = Measurement.median(rounds);
      return new Side(name, median, Measurement.quantile(rounds, 0), amount / median, rounds);
    }
  }

  /** The median ratio of the rounds and the quartiles around it. */
  record Ratio(double median, double lowerQuartile, double upperQuartile) {
    static Ratio of(List<Double> ratios) {
      return new Ratio(
          Measurement.median(ratios),
          Measurement.quantile(ratios, 0.25),
          Measurement.quantile(ratios, 0.75));
    }
  }

  /** The file name of this report; names of quick runs differ from published ones. */
  String fileName() {
    return "cpu-" + date + (quick ? "-quick" : "") + ".json";
  }

  /** Writes the report atomically into {@code directory} and returns its path. */
  Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, "cpu-", ".tmp");
    try {
      Files.writeString(
          temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
      Path file = directory.resolve(fileName());
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Reads a report. */
  static BenchmarkReport read(Path file) {
    return JSON.readValue(file, BenchmarkReport.class);
  }
}

package dev.phoenix.kernels.check;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The differences of two devices on the same cases, for each output of each kernel, in units in the
 * last place of the first device's result. Both devices are also compared with the definition.
 */
public final class DeviceDifferences {
  private final String first;
  private final String second;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** Creates an empty comparison of two devices with these names. */
  public DeviceDifferences(String first, String second) {
    this.first = first;
    this.second = second;
  }

  /**
   * All cases of one output of one kernel.
   *
   * @param kernel the kernel
   * @param output the output's name
   * @param cases number of compared cases
   * @param elements number of elements of all cases
   * @param different number of elements that differ
   * @param ulps the largest difference; infinite where one is finite and the other is not
   * @param worst the case with that difference; empty where there is none
   */
  public record Row(
      String kernel,
      String output,
      int cases,
      long elements,
      long different,
      double ulps,
      String worst) {
    private Row with(Row one) {
      boolean worse = one.ulps > ulps;
      return new Row(
          kernel,
          output,
          cases + one.cases,
          elements + one.elements,
          different + one.different,
          worse ? one.ulps : ulps,
          worse ? one.worst : worst);
    }
  }

  /**
   * Adds the results of both devices for a case. Outputs missing on a device because the case
   * failed there are skipped.
   */
  public void add(CaseResult one, CaseResult other) {
    int written = Math.min(one.outputs().size(), other.outputs().size());
    for (int i = 0; i < written; i++) {
      Row row = compare(one.kernelCase(), one.outputs().get(i), other.outputs().get(i).actual());
      rows.merge(row.kernel() + " " + row.output(), row, Row::with);
    }
  }

  private static Row compare(KernelCase of, CaseResult.Written written, double[] other) {
    double[] one = written.actual();
    long different = Math.abs(one.length - other.length);
    double ulps = different == 0 ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(one.length, other.length); i++) {
      // Compared by value: +0 equals -0, and NaN equals NaN.
      if (one[i] != other[i] && !(Double.isNaN(one[i]) && Double.isNaN(other[i]))) {
        different++;
        double distance = Math.abs(one[i] - other[i]) / written.output().format().ulp(one[i]);
        ulps = Math.max(ulps, Double.isFinite(distance) ? distance : Double.POSITIVE_INFINITY);
      }
    }
    String name = written.output().name();
    return new Row(of.kernel(), name, 1, one.length, different, ulps, ulps > 0 ? of.name() : "");
  }

  /** A row per kernel and output, in the order of their first cases. */
  public Collection<Row> rows() {
    return rows.values();
  }

  /** The rows as a table. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append("Differences of ").append(second).append(" from ").append(first).append(":\n");
    String format = "%-20s %-14s %6s %12s %12s %12s  %s%n";
    text.append(
        String.format(
            format, "kernel", "output", "cases", "elements", "different", "worst ulp", "in case"));
    for (Row row : rows.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              format,
              row.kernel(),
              row.output(),
              row.cases(),
              row.elements(),
              row.different(),
              String.format(Locale.ROOT, row.ulps() < 1e6 ? "%.2f" : "%.1e", row.ulps()),
              row.worst()));
    }
    return text.toString();
  }
}

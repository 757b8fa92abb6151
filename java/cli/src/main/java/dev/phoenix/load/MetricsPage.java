package dev.phoenix.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * A page of metrics in the Prometheus text format: the values of its lines by name and labels as
 * written.
 */
public record MetricsPage(SequencedMap<String, Double> values) {
  /** Reads the lines with values; skips comments and other lines. */
  public static MetricsPage parse(String text) {
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int labelsEnd = line.lastIndexOf('}');
              int space = line.indexOf(' ', Math.max(0, labelsEnd));
              if (space > 0) {
                String[] rest = line.substring(space + 1).split(" ", 2);
                try {
                  values.put(line.substring(0, space), number(rest[0]));
                } catch (NumberFormatException notAValue) {
                  values.remove(line.substring(0, space));
                }
              }
            });
    return new MetricsPage(values);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The sum of a metric over its labels; 0 if the page does not have it. */
  public double sum(String name) {
    double sum = 0;
    for (Map.Entry<String, Double> value : values.entrySet()) {
      String key = value.getKey();
      if (key.equals(name) || key.startsWith(name + "{")) {
        sum += value.getValue();
      }
    }
    return sum;
  }

  /** A histogram's cumulative counts by upper bound. */
  public SequencedMap<Double, Double> buckets(String name) {
    TreeMap<Double, Double> buckets = new TreeMap<>();
    String prefix = name + "_bucket{";
    for (Map.Entry<String, Double> value : values.entrySet()) {
      String key = value.getKey();
      int bound = key.indexOf("le=\"");
      if (key.startsWith(prefix) && bound > 0) {
        int end = key.indexOf('"', bound + 4);
        buckets.merge(number(key.substring(bound + 4, end)), value.getValue(), Double::sum);
      }
    }
    return buckets;
  }
}

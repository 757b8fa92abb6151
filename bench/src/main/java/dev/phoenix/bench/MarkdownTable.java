package dev.phoenix.bench;

import java.util.List;
import java.util.Locale;

/** Formats lines of cells as a Markdown table with aligned columns. */
public final class MarkdownTable {
  private MarkdownTable() {}

  /** The table; the first line is its header. */
  public static String of(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int row = 0; row < lines.size(); row++) {
      append(table, lines.get(row), widths);
      if (row == 0) {
        for (int width : widths) {
          table.append("|").append("-".repeat(width + 2));
        }
        table.append("|\n");
      }
    }
    return table.toString();
  }

  private static void append(StringBuilder table, List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      table.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
    }
    table.append("|\n");
  }

  /** A time in ns, µs, ms or s. */
  public static String time(double seconds) {
    if (seconds < 1e-6) {
      return String.format(Locale.ROOT, "%.0f ns", seconds * 1e9);
    }
    if (seconds < 1e-3) {
      return String.format(Locale.ROOT, "%.1f µs", seconds * 1e6);
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.2f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }

  /** A rate to three digits. */
  public static String rate(double perSecond, String unit) {
    return String.format(
        Locale.ROOT,
        perSecond < 10 ? "%.2f %s/s" : perSecond < 100 ? "%.1f %s/s" : "%,.0f %s/s",
        perSecond,
        unit);
  }
}

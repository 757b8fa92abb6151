package dev.phoenix.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Formats rows as a Markdown table with aligned columns. */
public final class MarkdownTable {
  /** A column of a table: its title, and the cell of a row. */
  public record Column<T>(String title, Function<T, String> cell) {}

  private MarkdownTable() {}

  /** The table with a line for every row; only a header if there are none. */
  public static <T> String of(List<Column<T>> columns, List<T> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::title).toList());
    for (T row : rows) {
      lines.add(columns.stream().map(column -> column.cell().apply(row)).toList());
    }
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    append(table, lines.getFirst(), widths);
    for (int width : widths) {
      table.append("|").append("-".repeat(width + 2));
    }
    table.append("|\n");
    lines.subList(1, lines.size()).forEach(line -> append(table, line, widths));
    return table.toString();
  }

  private static void append(StringBuilder table, List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      table.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
    }
    table.append("|\n");
  }
}

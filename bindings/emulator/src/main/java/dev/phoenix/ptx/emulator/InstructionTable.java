package dev.phoenix.ptx.emulator;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Counts of several launches side by side: a column per launch, a row per instruction class and per
 * kind of bytes; rows in which all columns are zero are left out.
 *
 * @param columns counts by the column's title, in order
 */
public record InstructionTable(Map<String, InstructionCounts> columns) {
  private static final int MIN_WIDTH = 12;

  /** A table of these columns. */
  public static InstructionTable of(Map<String, InstructionCounts> columns) {
    return new InstructionTable(new LinkedHashMap<>(columns));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-26s", ""));
    columns.keySet().forEach(title -> text.append(cell(title, title)));
    text.append('\n');
    row(text, "warp instructions", counts -> counts.warps().instructions());
    row(text, "  of the longest warp", counts -> counts.warps().longest());
    row(text, "thread instructions", InstructionCounts::total);
    for (InstructionClass unit : InstructionClass.values()) {
      String name = unit.name().toLowerCase(Locale.ROOT);
      row(text, "  " + name, counts -> counts.of(unit));
    }
    row(text, "tensor operations", InstructionCounts::tensorFlops);
    row(text, "global bytes read", counts -> counts.bytes().globalRead());
    row(text, "global bytes written", counts -> counts.bytes().globalWritten());
    row(text, "shared bytes read", counts -> counts.bytes().sharedRead());
    row(text, "shared bytes written", counts -> counts.bytes().sharedWritten());
    return text.toString();
  }

  private void row(StringBuilder text, String name, ToLongFunction<InstructionCounts> value) {
    if (columns.values().stream().allMatch(counts -> value.applyAsLong(counts) == 0)) {
      return;
    }
    text.append(String.format(Locale.ROOT, "%-26s", name));
    columns.forEach(
        (title, counts) ->
            text.append(cell(title, String.format(Locale.ROOT, "%,d", value.applyAsLong(counts)))));
    text.append('\n');
  }

  private static String cell(String title, String value) {
    int width = Math.max(MIN_WIDTH, title.length());
    return "  " + " ".repeat(Math.max(0, width - value.length())) + value;
  }
}

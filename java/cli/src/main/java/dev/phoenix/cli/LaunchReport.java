package dev.phoenix.cli;

import dev.phoenix.ptx.emulator.InstructionClass;
import dev.phoenix.ptx.emulator.InstructionCounts;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Instructions and bytes of launches, summed per kernel. */
final class LaunchReport {
  private final Map<String, Total> totals = new TreeMap<>();

  LaunchReport() {}

  /** The launches of one kernel. */
  private static final class Total {
    private final Map<InstructionClass, Long> instructions = new EnumMap<>(InstructionClass.class);
    private long launches;
    private long read;
    private long written;
    private long shared;
    private long flops;

    void add(InstructionCounts counts) {
      launches++;
      for (InstructionClass unit : InstructionClass.values()) {
        instructions.merge(unit, counts.of(unit), Long::sum);
      }
      read += counts.bytes().globalRead();
      written += counts.bytes().globalWritten();
      shared += counts.bytes().sharedRead() + counts.bytes().sharedWritten();
      flops += counts.tensorFlops();
    }
  }

  /** Adds a launch. */
  void add(InstructionCounts counts) {
    totals.computeIfAbsent(counts.kernel(), name -> new Total()).add(counts);
  }

  /** The kernels that ran. */
  Set<String> kernels() {
    return totals.keySet();
  }

  /** Prints the kernels whose names begin with {@code prefix}; returns how many. */
  int print(PrintWriter out, String prefix) {
    int shown = 0;
    for (Map.Entry<String, Total> entry : totals.entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        print(out, entry.getKey(), entry.getValue());
        shown++;
      }
    }
    return shown;
  }

  private static void print(PrintWriter out, String kernel, Total total) {
    out.printf("%s: %d launches%n", kernel, total.launches);
    out.printf(
        Locale.ROOT,
        "  bytes requested: %,d read, %,d written, %,d in shared memory%n",
        total.read,
        total.written,
        total.shared);
    if (total.flops > 0) {
      out.printf(Locale.ROOT, "  tensor operations: %,d%n", total.flops);
    }
    out.printf("  thread instructions:%n");
    for (InstructionClass unit : InstructionClass.values()) {
      long count = total.instructions.getOrDefault(unit, 0L);
      if (count > 0) {
        out.printf(Locale.ROOT, "    %-10s %,16d%n", unit.name().toLowerCase(Locale.ROOT), count);
      }
    }
  }
}

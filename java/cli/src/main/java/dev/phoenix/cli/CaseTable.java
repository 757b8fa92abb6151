package dev.phoenix.cli;

import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.ptx.emulator.InstructionClass;
import dev.phoenix.ptx.emulator.InstructionCounts;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * A line per case: verdict, error, and what its launches executed and requested. Instructions are
 * those of single threads; bytes are counted before any cache.
 */
final class CaseTable {
  private final PrintWriter out;
  private final int width;
  private Counts since = new Counts();
  private final Counts all = new Counts();
  private double worstUlps;
  private double boundUsed;
  private boolean passed = true;

  /** Totals of launches. */
  private static final class Counts {
    private long tensorFlops;
    private long fusedMultiplyAdds;
    private long floats;
    private long specials;
    private long others;
    private long read;
    private long written;
    private long shared;

    void add(InstructionCounts launch) {
      tensorFlops += launch.tensorFlops();
      fusedMultiplyAdds += launch.of(InstructionClass.FMA);
      floats += launch.of(InstructionClass.FLOAT);
      specials += launch.of(InstructionClass.SPECIAL);
      others +=
          launch.total()
              - launch.of(InstructionClass.TENSOR)
              - launch.of(InstructionClass.FMA)
              - launch.of(InstructionClass.FLOAT)
              - launch.of(InstructionClass.SPECIAL);
      read += launch.bytes().globalRead();
      written += launch.bytes().globalWritten();
      shared += launch.bytes().sharedRead() + launch.bytes().sharedWritten();
    }
  }

  /**
   * Creates a table.
   *
   * @param width the column width of the case names
   */
  CaseTable(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Adds a launch of the current case. */
  void count(InstructionCounts launch) {
    since.add(launch);
    all.add(launch);
  }

  void header() {
    print(
        "case",
        "verdict",
        "worst ulp",
        "bound",
        "tensor flop",
        "fma",
        "float",
        "special",
        "others",
        "read B",
        "written B",
        "shared B");
  }

  /** Prints the row of a case, with the launches since the last row. */
  void row(CaseResult result) {
    Counts counts = since;
    since = new Counts();
    worstUlps = Math.max(worstUlps, result.worstUlps());
    boundUsed = Math.max(boundUsed, result.boundUsed());
    passed &= result.passed();
    print(
        result.kernelCase().name(),
        errors(result.passed(), result.worstUlps(), result.boundUsed()),
        counts);
    String failure = result.failure();
    if (failure != null) {
      out.println(failure.indent(4).stripTrailing());
    }
  }

  /** Prints the row of all cases. */
  void total(int cases) {
    print("all " + cases, errors(passed, worstUlps, boundUsed), all);
  }

  private static String[] errors(boolean pass, double ulps, double bound) {
    return new String[] {
      pass ? "pass" : "FAIL",
      String.format(Locale.ROOT, ulps < 1e5 ? "%.2f" : "%.1e", ulps),
      Double.isInfinite(bound) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * bound)
    };
  }

  private void print(String name, String[] errors, Counts counts) {
    print(
        name,
        errors[0],
        errors[1],
        errors[2],
        number(counts.tensorFlops),
        number(counts.fusedMultiplyAdds),
        number(counts.floats),
        number(counts.specials),
        number(counts.others),
        number(counts.read),
        number(counts.written),
        number(counts.shared));
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private void print(String name, Object... columns) {
    out.print(name + " ".repeat(Math.max(0, width - name.length())));
    out.printf("  %-7s %9s %6s %12s %11s %11s %10s %11s %11s %11s %11s%n", columns);
  }
}

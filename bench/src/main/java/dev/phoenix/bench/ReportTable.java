package dev.phoenix.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats a report as a Markdown table with aligned columns. */
final class ReportTable {
  private static final List<String> HEAD =
      List.of("Benchmark", "Phoenix", "Peer", "Ratio", "Target");

  private ReportTable() {}

  /** The machine in one line, the table, and the results of the checks. */
  static String of(BenchmarkReport report) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    for (BenchmarkReport.Entry entry : report.entries()) {
      lines.add(
          List.of(
              entry.name(),
              side(entry.phoenix(), entry.rateUnit()),
              peer(entry.peer(), entry.rateUnit()),
              ratio(entry.ratio()),
              target(entry)));
    }
    return machine(report) + "\n\n" + MarkdownTable.of(lines);
  }

  private static String machine(BenchmarkReport report) {
    Machine machine = report.machine();
    return String.format(
        Locale.ROOT,
        "%s%s, %d of %d cores, %d-bit vectors, %s, %s. Commit %s, %s. Median of %d rounds; the"
            + " ratio is the median of the rounds' own, quartiles in brackets. Load before the run"
            + " %.1f%s.",
        report.quick() ? "Quick look, not to be published. " : "",
        machine.cpu(),
        report.threads(),
        machine.cores(),
        machine.vectorBits(),
        machine.jvm(),
        machine.os(),
        report.commit(),
        report.date(),
        report.entries().isEmpty() ? 0 : report.entries().getFirst().phoenix().rounds().size(),
        machine.load(),
        machine.load() > 0.5 ? ": other work disturbed it" : "");
  }

  private static String side(BenchmarkReport.Side side, String rateUnit) {
    return MarkdownTable.time(side.medianSeconds())
        + ", "
        + MarkdownTable.rate(side.ratePerSecond(), rateUnit);
  }

  private static String peer(BenchmarkReport.@Nullable Side peer, String rateUnit) {
    return peer == null ? "" : side(peer, rateUnit) + ": " + peer.name();
  }

  private static String ratio(BenchmarkReport.@Nullable Ratio ratio) {
    return ratio == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%.2fx (%.2f–%.2f)",
            ratio.median(),
            ratio.lowerQuartile(),
            ratio.upperQuartile());
  }

  private static String target(BenchmarkReport.Entry entry) {
    Double target = entry.target();
    BenchmarkReport.Ratio ratio = entry.ratio();
    if (target == null || ratio == null) {
      return "";
    }
    return String.format(
        Locale.ROOT, "%.1fx: %s", target, ratio.median() >= target ? "met" : "missed");
  }
}

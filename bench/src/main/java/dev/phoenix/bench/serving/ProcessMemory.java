package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The resources of a process, read from /proc.
 *
 * @param resident bytes of resident anonymous memory, including the whole heap
 * @param liveHeap bytes of live objects
 * @param threads the number of threads
 * @param files the number of open descriptors
 * @param mappings the number of mapped model files
 */
record ProcessMemory(long resident, long liveHeap, int threads, int files, int mappings) {
  /** Bytes in a MiB. */
  static final double MIB = 1 << 20;

  private static final long KIB = 1024;

  static ProcessMemory of(long pid, long liveHeap) throws IOException {
    try (Stream<Path> open = Files.list(proc(pid, "fd"));
        Stream<Path> threads = Files.list(proc(pid, "task"));
        Stream<String> mapped = Files.lines(proc(pid, "maps"))) {
      return new ProcessMemory(
          resident(pid),
          liveHeap,
          (int) threads.count(),
          (int) open.count(),
          (int) mapped.filter(line -> line.contains(".npz")).count());
    }
  }

  /** Bytes of resident anonymous memory. */
  static long resident(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(proc(pid, "status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElseThrow(() -> new IOException("no RssAnon of process " + pid));
    }
  }

  private static Path proc(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }

  /** The growth of resident memory since {@code before}, in percent. */
  double residentGrowth(ProcessMemory before) {
    return growth((double) before.resident, (double) resident);
  }

  /** The growth from {@code before} to {@code after}, in percent. */
  static double growth(double before, double after) {
    return 100 * (after - before) / before;
  }

  /** Figures of the growth of other resources since {@code before}. */
  List<Figure> moreThan(ProcessMemory before) {
    return List.of(
        Figure.of("live heap before", before.liveHeap / MIB, "MiB"),
        Figure.of("live heap after", liveHeap / MIB, "MiB"),
        Figure.atMost("mapped model files more than before", mappings - before.mappings, "", 0),
        Figure.atMost("open files more than before", files - before.files, "", 0),
        Figure.atMost("threads more than before", threads - before.threads, "", 0));
  }
}

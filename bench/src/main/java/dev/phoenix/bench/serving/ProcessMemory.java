package dev.phoenix.bench.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds, from Linux's own account of it.
 *
 * @param resident bytes of memory that no file backs, the whole heap among them
 * @param liveHeap bytes of objects
 * @param threads of it
 * @param files open descriptors
 * @param mappings of files that are models
 */
record ProcessMemory(long resident, long liveHeap, int threads, int files, int mappings) {
  /** Bytes of a MiB. */
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

  /** Resident bytes that no file backs. */
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

  /** Percent that resident memory has grown by since {@code before}. */
  double residentGrowth(ProcessMemory before) {
    return growth((double) before.resident, (double) resident);
  }

  /** Percent by which {@code after} is above {@code before}. */
  static double growth(double before, double after) {
    return 100 * (after - before) / before;
  }

  /** What it holds besides memory, beside what it held then. */
  List<Figure> moreThan(ProcessMemory before) {
    return List.of(
        Figure.of("live heap before", before.liveHeap / MIB, "MiB"),
        Figure.of("live heap after", liveHeap / MIB, "MiB"),
        Figure.atMost("mapped model files more than before", mappings - before.mappings, "", 0),
        Figure.atMost("open files more than before", files - before.files, "", 0),
        Figure.atMost("threads more than before", threads - before.threads, "", 0));
  }
}

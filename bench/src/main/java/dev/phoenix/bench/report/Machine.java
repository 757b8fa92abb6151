package dev.phoenix.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;

/**
 * The machine that figures were measured on.
 *
 * @param cpu the processor's name
 * @param cores the number of cores that the JVM may use
 * @param vectorBits the width of the preferred vector
 * @param memoryGiB the memory of the machine
 * @param os name and version of the operating system
 * @param jvm name and version of the JVM
 * @param load the mean number of runnable threads in the minute before the run; well above 0 means
 *     that other work disturbed the figures
 */
public record Machine(
    String cpu, int cores, int vectorBits, double memoryGiB, String os, String jvm, double load) {

  private static final double KIB_PER_GIB = 1 << 20;

  /** This machine. */
  public static Machine current() {
    String memory = entry("/proc/meminfo", "MemTotal", "0 kB");
    return new Machine(
        entry("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        FloatVector.SPECIES_PREFERRED.vectorBitSize(),
        Math.round(Long.parseLong(memory.replaceAll("\\D", "")) / KIB_PER_GIB * 10) / 10.0,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  /** The value of the first line "key: value" of a file of Linux; else {@code otherwise}. */
  private static String entry(String file, String key, String otherwise) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key) && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}

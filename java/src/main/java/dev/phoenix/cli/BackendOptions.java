package dev.phoenix.cli;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.TablePlacement;
import dev.phoenix.pipeline.Backend;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how precisely a command computes. */
final class BackendOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "Where to compute: auto, cpu, cuda or emulated (default: auto). auto takes cuda"
              + " where it can run, else cpu, and says so; a backend asked for by name never gives"
              + " way to another.")
  private Backend backend = Backend.AUTO;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "Precision of the forward pass: float32 or bfloat16 (default: float32 on the CPU,"
              + " bfloat16 on a GPU, which has no other).")
  private @Nullable Precision precision;

  @Option(names = "--threads", paramLabel = "N", description = "Cores to use (default: all).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--tables",
      paramLabel = "PLACE",
      defaultValue = "auto",
      description =
          "Where a GPU has the embedding tables: auto, device or host (default: auto). auto takes"
              + " device memory for a table that needs at most half of what is free there, else"
              + " page-locked host memory, which the GPU reads row by row.")
  private TablePlacement tables = TablePlacement.AUTO;

  BackendOptions() {}

  Ops open() {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads must be at least 1, found " + threads);
    }
    return backend.open(precision, threads, tables);
  }
}
